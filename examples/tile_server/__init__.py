"""A small tile server: DeepZoom, IIIF and DICOMweb frames of the pictures in a folder, and a page that shows them."""
