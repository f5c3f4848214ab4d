#!/usr/bin/env bash
# Make build/emulator, which tools/emulated.py runs: Bochs, from Debian's sources but without its debugger (ten times as
# fast), and a Debian kernel. A few minutes; needs Debian, its package lists, and root for the packages.
set -euo pipefail
cd "$(dirname "$0")/.."
package=$(apt-get download --print-uris bochsbios | cut -d"'" -f2) # its sources lie beside it
source=${package%/*}/bochs_3.0+dfsg.orig.tar.xz
kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
packages=(bochsbios vgabios xorriso isolinux syslinux-common g++ make curl xz-utils)

dpkg --status "${packages[@]}" >/dev/null 2>&1 || apt-get install -qq -y --no-install-recommends "${packages[@]}"
mkdir -p build/emulator/made
cd build/emulator/made
apt-get download -q "$kernel"
dpkg -x "$kernel"_*.deb kernel
cp kernel/boot/vmlinuz-* ../vmlinuz
curl -fsSL "$source" | tar -xJ
cd bochs-3.0
./configure --enable-x86-64 --enable-cpu-level=6 --enable-avx --enable-evex --enable-all-optimizations \
    --disable-debugger --disable-stats --disable-docbook --enable-pci --enable-cdrom --with-nogui >configured 2>&1
make -s -j"$(nproc)" >made 2>&1
cp bochs ../..
