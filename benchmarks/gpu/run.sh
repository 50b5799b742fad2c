#!/usr/bin/env bash
# Measures this program on a GPU, beside PyTorch where that is installed.
#
#   benchmarks/gpu/run.sh prepare            here: publish one file that needs no .NET, into artifacts/gpu
#   benchmarks/gpu/run.sh run [OPTIONS]      there: check the numbers, measure, write benchmarks/results/DATE-DEVICE.md
#   benchmarks/gpu/run.sh dry [DEVICE]       anywhere: the whole of it with the demo model, in a minute
#
# 'run --help' lists the options. The machine with the GPU needs its driver and Python 3; no .NET, no network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

case "${1:-}" in
prepare)
    # IL3002: a single file has no paths of assemblies; what asks for them (source lines) can do without.
    dotnet publish src/Host -c Release -r linux-x64 --self-contained -o artifacts/gpu -v quiet -nodeReuse:false \
        -p:PublishSingleFile=true -p:EnableCompressionInSingleFile=true -p:EnableSingleFileAnalyzer=false
    rm -f artifacts/gpu/*.pdb artifacts/gpu/*.xml
    du -sh artifacts/gpu
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
