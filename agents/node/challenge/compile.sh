#!/bin/sh
# Make the PTX that is shipped, with nvcc of CUDA 11 or later; no GPU is needed.
# An older ISA than the compiler's own is asked for, so that older drivers take it.
set -eu
cd "$(dirname "$0")"
source=$(sha256sum matmul.cu | cut -d' ' -f1)
for arch in 75 80; do
    made=$(mktemp)
    nvcc -ptx -arch="compute_$arch" -o "$made" matmul.cu
    {
        echo "// made by compile.sh of matmul.cu, SHA-256 $source"
        sed -e 's/^\.version .*/.version 7.0/' -e '/^\/\//d' "$made"
    } > "matmul_$arch.ptx"
    ptxas -arch="sm_$arch" -o /dev/null "matmul_$arch.ptx"
    rm "$made"
done
