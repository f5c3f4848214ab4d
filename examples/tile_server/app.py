"""The application: which address leads to what."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

import pacscore as pc
from tile_server import deepzoom, iiif, wado
from tile_server.answers import CACHED, MEDIA_TYPES, entity_tag, not_modified, picture_file, ranged
from tile_server.pictures import Instance, Picture, Pictures

HERE = Path(__file__).parent
OPENSEADRAGON = HERE / "node_modules" / "openseadragon" / "build" / "openseadragon"

_TILE = re.compile(r"(\d{1,3})/(\d{1,9})_(\d{1,9})\.(png|jpg|jpeg)")
_FRAMES = re.compile(r"\d{1,9}(?:,\d{1,9}){0,255}")


def application(folder: Path) -> Starlette:
    """Return the application that serves the pictures of a folder."""
    served = Server(Pictures(folder))
    dicomweb = "/dicomweb/studies/{study}/series/{series}/instances/{instance}"
    routes: list[BaseRoute] = [
        Route("/", served.page),
        Route("/pictures", served.listing),
        Route("/dz/{name}.dzi", served.dzi),
        Route("/dz/{name}_files/{tile:path}", served.dzi_tile),
        Route("/iiif/{name}", served.iiif_redirect),
        Route("/iiif/{name}/info.json", served.iiif_information),
        Route("/iiif/{name}/{region}/{size}/{rotation}/{file}", served.iiif_picture),
        Route(dicomweb + "/metadata", served.metadata),
        Route(dicomweb + "/frames/{frames}", served.frames),
    ]
    if OPENSEADRAGON.is_dir():
        routes.append(Mount("/openseadragon", StaticFiles(directory=OPENSEADRAGON)))
    anyone = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_headers=["Range", "If-None-Match", "If-Range"],
        expose_headers=["ETag", "Content-Range", "Accept-Ranges"],
    )
    errors = {pc.LimitError: _refused(413), pc.PacscoreError: _refused(500)}
    return Starlette(routes=routes, middleware=[anyone], exception_handlers=errors)


def _refused(status: int) -> Callable[[Request, Exception], Response]:
    def handler(_request: Request, error: Exception) -> Response:
        return Response(f"{type(error).__name__}: {error}\n", status, media_type="text/plain")

    return handler


class Server:
    """The answers; Starlette runs each in a thread, and decoding leaves the interpreter to others."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures

    def page(self, _request: Request) -> Response:
        """Answer with the viewer."""
        return FileResponse(HERE / "viewer.html", headers={"Cache-Control": "no-cache"})

    def listing(self, _request: Request) -> Response:
        """Answer with the names and sizes of the pictures, and why files are left out."""
        listed = self.pictures.listed.values()
        pictures = [{"name": each.name, "rows": each.rows, "columns": each.columns} for each in listed]
        return JSONResponse({"pictures": pictures, "left_out": self.pictures.left_out})

    def dzi(self, request: Request) -> Response:
        """Answer with a DeepZoom descriptor."""
        picture = self._picture(request)
        tag = entity_tag("dzi", picture.version)
        headers = {"ETag": tag, "Cache-Control": CACHED}
        return not_modified(request, tag) or Response(
            deepzoom.descriptor(picture), media_type="application/xml", headers=headers
        )

    def dzi_tile(self, request: Request) -> Response:
        """Answer with a DeepZoom tile."""
        picture = self._picture(request)
        match = _TILE.fullmatch(request.path_params["tile"])
        if match is None:
            raise HTTPException(404)
        level, column, row = (int(number) for number in match.groups()[:3])

        def made() -> NDArray[np.uint8]:
            tile = deepzoom.tile(picture, self.pictures.open(picture), level, column, row)
            if tile is None:
                raise HTTPException(404)
            return tile

        return self._sent(request, picture, match[4], made)

    def iiif_redirect(self, request: Request) -> Response:
        """Answer with where the image information is, as the base URI must."""
        return RedirectResponse(f"{self._iiif_address(request, self._picture(request))}/info.json", 303)

    def iiif_information(self, request: Request) -> Response:
        """Answer with the image information."""
        picture = self._picture(request)
        address = self._iiif_address(request, picture)
        tag = entity_tag("info", picture.version, address)
        if (known := not_modified(request, tag)) is not None:
            return known
        profile = "http://iiif.io/api/image/3/context.json"
        return JSONResponse(
            iiif.information(picture, self.pictures.open(picture), address),
            headers={"ETag": tag, "Cache-Control": CACHED},
            media_type=f'application/ld+json;profile="{profile}"',
        )

    def iiif_picture(self, request: Request) -> Response:
        """Answer with a part of a picture at some size."""
        picture = self._picture(request)
        asked = request.path_params
        quality, _, file_format = asked["file"].rpartition(".")
        if asked["rotation"] != "0" or quality not in ("default", "color") or file_format not in ("png", "jpg"):
            raise HTTPException(400, "offered are rotation 0, quality default and the formats jpg and png")

        def made() -> NDArray[np.uint8]:
            try:
                return iiif.picture_of(picture, self.pictures.open(picture), asked["region"], asked["size"])
            except iiif.BadRequestError as error:
                raise HTTPException(400, str(error)) from error

        return self._sent(request, picture, file_format, made)

    def frames(self, request: Request) -> Response:
        """Answer with frames of a DICOM object (PS3.18 10.4.1.1.6)."""
        instance, asked = self._instance(request), request.path_params["frames"]
        if not _FRAMES.fullmatch(asked):
            raise HTTPException(400, "frames are numbers from 1, with commas between them")
        numbers = [int(number) for number in asked.split(",")]
        how = wado.choose(request.headers.get("accept", ""), wado.stored_syntax(instance))
        if how is None or (not how.multipart and len(numbers) > 1):
            raise HTTPException(406, "frames come as they are stored or as application/octet-stream")
        tag = entity_tag("frames", instance.uid, instance.version, numbers, how)
        if (known := not_modified(request, tag)) is not None:
            return known
        try:
            parts = wado.frames_of(instance, numbers, how)
        except IndexError as error:
            raise HTTPException(404, str(error)) from error
        if not how.multipart:
            return ranged(request, parts[0], how.content_type, tag)
        body, boundary = wado.multipart_body(parts, how.content_type, str(request.url.replace(query="")))
        content_type = f'multipart/related; type="{how.media_type}"; boundary={boundary}'
        return Response(body, headers={"ETag": tag, "Cache-Control": CACHED, "Content-Type": content_type})

    def metadata(self, request: Request) -> Response:
        """Answer with the data set of a DICOM object (PS3.18 10.4.1.1.2)."""
        instance = self._instance(request)
        tag = entity_tag("metadata", instance.uid, instance.version)
        headers = {"ETag": tag, "Cache-Control": CACHED}
        return not_modified(request, tag) or JSONResponse(
            wado.metadata(instance), headers=headers, media_type="application/dicom+json"
        )

    def _picture(self, request: Request) -> Picture:
        picture = self.pictures.listed.get(request.path_params["name"])
        if picture is None:
            raise HTTPException(404, "there is no such picture")
        return picture

    def _instance(self, request: Request) -> Instance:
        asked = request.path_params
        instance = self.pictures.instances.get((asked["study"], asked["series"], asked["instance"]))
        if instance is None:
            raise HTTPException(404, "there is no such instance")
        return instance

    def _sent(
        self, request: Request, picture: Picture, file_format: str, made: Callable[[], NDArray[np.uint8]]
    ) -> Response:
        tag = entity_tag(picture.version, request.url.path)
        if (known := not_modified(request, tag)) is not None:
            return known
        return ranged(request, picture_file(made(), file_format), MEDIA_TYPES[file_format], tag)

    @staticmethod
    def _iiif_address(request: Request, picture: Picture) -> str:
        return f"{str(request.base_url).rstrip('/')}/iiif/{quote(picture.name, safe='')}"
