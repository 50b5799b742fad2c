#!/usr/bin/env bash
# Measures this program on a GPU, beside PyTorch where that is installed.
#
#   benchmarks/gpu/run.sh prepare            here: publish one file that needs no .NET, artifacts/gpu/gemma.xz
#   benchmarks/gpu/run.sh run [OPTIONS]      there: check the numbers, measure, write benchmarks/results/DATE-DEVICE.md
#   benchmarks/gpu/run.sh dry [DEVICE]       anywhere: the whole of it with the demo model, in a minute
#
# 'run --help' lists the options. The machine with the GPU needs its driver and Python 3; no .NET, no network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

case "${1:-}" in
prepare)
    # IL3002: a single file has no paths of assemblies; what asks for them (source lines) can do without.
    dotnet publish src/Host -c Release -r linux-x64 --self-contained -o artifacts/gpu/publish -v quiet -nodeReuse:false \
        -p:PublishSingleFile=true -p:EnableSingleFileAnalyzer=false
    # The repository travels beside it, demo model included; xz makes it two thirds of what .NET's own compression does.
    python3 -c "import lzma, shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), lzma.open(sys.argv[2], 'wb', preset=6), 1 << 20)" \
        artifacts/gpu/publish/gemma artifacts/gpu/gemma.xz
    rm -rf artifacts/gpu/publish artifacts/gpu/gemma
    ls -l artifacts/gpu/gemma.xz
    ;;
run)
    shift
    exec python3 benchmarks/gpu/measure.py "$@"
    ;;
dry)
    exec python3 benchmarks/gpu/measure.py --dry --device "${2:-simd}"
    ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac
