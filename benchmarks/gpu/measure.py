"""Checks the numbers of a device against the processor's, measures it beside PyTorch, and writes the result as Markdown.

Needs Python's own library only. Steps that cannot be done here are named in the result, not left out in silence.
"""

import argparse
import array
import datetime
import json
import lzma
import math
import pathlib
import platform
import random
import shutil
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN, DEMO = ROOT / "tests/Engine.Tests/Data/models", ROOT / "models/demo"

# The bound of the golden files; models with large logits amplify rounding (their README says by how much).
PLAIN_TOLERANCE, LARGECAP_TOLERANCE = 2e-4, 1e-2
# Tensor cores take activations as bf16, eight bits; of the largest logit.
FAST_TOLERANCE = 0.03


class Skipped(Exception):
    """A step that cannot be done here, and why."""


def call(command, **options):
    what = f"{pathlib.Path(command[0]).name} {command[1]}"
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    except subprocess.TimeoutExpired as e:
        raise Skipped(f"{what} took longer than {e.timeout:.0f} s")
    except OSError as e:
        raise Skipped(f"{what} cannot be run ({e})")
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Skipped(f"{what} ended with {done.returncode}: {' '.join(lines[-2:]) if lines else 'no message'}")
    return done.stdout


def read_tensors(path):
    """The f32 and i32 tensors of a safetensors file, as arrays."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = array.array("f" if entry["dtype"] == "F32" else "i")
        tensors[name].frombytes(data[8 + length + begin:8 + length + end])
    return tensors


class Bench:
    def __init__(self, options):
        self.options = options
        self.gemma = options.gemma
        self.lines = []
        self.end = time.monotonic() + 60 * options.minutes
        self.failed = False

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def remaining(self):
        return self.end - time.monotonic()

    # ---- What this is measured on

    def describe(self):
        devices = json.loads(call([self.gemma, "devices", "--json"]))
        wanted = self.options.device.split(",")[0]
        device = next((d for d in devices if d["isUsable"] and wanted in (d["name"], d["kind"])), None)
        if device is None:
            reasons = "; ".join(f"{d['name']}: {d['unusableReason'] or 'usable'}" for d in devices)
            sys.exit(f"The device {wanted} cannot be used here ({reasons}).")
        self.device = device
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
        self.say(f"# {device['description']}, {date[:10]}")
        self.say()
        self.say(f"Written by `benchmarks/gpu/run.sh run {' '.join(sys.argv[1:])}`, {date}.")
        self.say()
        self.say(f"- Device: {device['name']}, {device['description']}, {device['memoryBytes'] / 1e9:.1f} GB, "
                 f"{device['multiprocessors']} units{', ' + device['driver'] if device['driver'] else ''}")
        self.say(f"- Machine: {platform.processor() or platform.machine()}, {platform.system()} {platform.release()}")
        self.say(f"- Program: {call([self.gemma, '--version']).strip()}")
        self.say()

    # ---- Numbers first

    def check_numbers(self):
        self.say("## Numbers")
        self.say()
        self.say("Logits of a prompt of 70 tokens, and 24 tokens chosen one after the other, on the device and on the processor.")
        self.say()
        kernels = ["plain", "fast"] if "--kernels" in call([self.gemma, "logits", "--help"]) else [None]
        models = [("demo", DEMO)] + ([(path.name, path) for path in sorted(GOLDEN.glob("gemma*"))] if GOLDEN.is_dir() else [])
        if self.options.dry:
            models = models[:3]
        else:
            # Two layers of real width, on which the fast kernels fit: the small models are too narrow for most of them.
            call([self.gemma, "synth", "--like", "gemma-2-2b", "--layers", "2", "--out", self.work / "two-layers"])
            models.append(("two layers of gemma-2-2b", self.work / "two-layers"))
        self.say("| model | kernels | largest difference | largest logit | same tokens | right |")
        self.say("|---|---|---:|---:|---:|---|")
        for name, path in models:
            try:
                expected = self.logits("simd", path, None)
                for kind in kernels:
                    self.compare(name, kind, expected, self.logits(self.options.device, path, kind))
            except Skipped as e:
                self.say(f"| {name} | | | | | **no**: {e} |")
                self.failed = True
        shutil.rmtree(self.work / "two-layers", ignore_errors=True)
        self.say()
        if self.failed and not self.options.force:
            self.finish()
            sys.exit("The numbers are wrong, so nothing is timed (--force does it all the same).")

    def logits(self, device, path, kernels):
        ids = [2] + [random.Random(7 + i).randrange(3, 500) for i in range(69)]
        out = self.work / f"logits-{device.replace(':', '-').replace(',', '-')}.safetensors"
        command = [self.gemma, "logits", "--ids", ",".join(map(str, ids)), "--out", out, "--greedy", 24, "--device", device, "--context", 128, "--model", path]
        command += ["--kernels", kernels] if kernels else []
        call(command)
        return read_tensors(out)

    def compare(self, name, kind, expected, actual):
        a, b = expected["logits"], actual["logits"]
        difference = max(abs(x - y) if math.isfinite(y) else math.inf for x, y in zip(a, b)) if len(a) == len(b) else math.inf
        largest = max(abs(x) for x in a)
        bound = FAST_TOLERANCE * largest if kind == "fast" else LARGECAP_TOLERANCE if "largecap" in name else PLAIN_TOLERANCE
        first, second = expected["greedy.ids"], actual["greedy.ids"]
        same = sum(1 for _ in iter_equal(first, second))
        right = difference <= bound and (kind == "fast" or same == len(first))
        self.failed |= not right
        self.say(f"| {name} | {kind or 'one kind'} | {difference:.2g} | {largest:.3g} | {same} of {len(first)} | {'yes' if right else '**no**, at most ' + f'{bound:.2g}'} |")

    # ---- Speed

    def measure(self, size):
        self.say(f"## {size or 'The demo model'}")
        self.say()
        folder = self.work / (size or "demo")
        try:
            if size:
                if self.remaining() < 60:
                    raise Skipped("there is no time left (--minutes)")
                start = time.monotonic()
                call([self.gemma, "synth", "--like", size, "--type", "bf16", "--out", folder])
                self.say(f"Random weights, bf16, written in {time.monotonic() - start:.0f} s.")
                self.say()
            ours = self.ours(folder if size else DEMO)
            # The weights make room for the peer's; its configuration is all it reads.
            for file in folder.glob("*.safetensors"):
                file.unlink()
            self.table(ours, self.peer(folder if size else DEMO))
        except Skipped as e:
            self.say(f"Not measured: {e}.")
            self.failed = True
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self.say()

    def ours(self, model):
        o = self.options
        context = max(o.prompt, *o.contexts) + o.tokens + 2
        command = [self.gemma, "bench", "--json", "--device", o.device, "--prompt-tokens", o.prompt, "--contexts", ",".join(map(str, o.contexts)),
                   "--tokens", o.tokens, "--context", min(context, 512) if model == DEMO else context, "--batch", max(o.prompt, 1)]
        command += ["--model", model]
        command += ["--gpu-layers", o.gpu_layers] if o.gpu_layers is not None else []
        return json.loads(call(command, timeout=max(60, self.remaining())))

    def peer(self, folder):
        out = self.work / "peer.json"
        out.unlink(missing_ok=True)
        try:
            done = subprocess.run(
                [sys.executable, str(ROOT / "benchmarks/gpu/peer.py"), "--config", str(folder), "--prompt", str(self.options.prompt),
                 "--contexts", ",".join(map(str, self.options.contexts)), "--tokens", str(self.options.tokens), "--out", str(out)],
                capture_output=True, text=True, timeout=max(60, self.remaining()))
            if done.returncode != 0:
                self.say(f"PyTorch is left out: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
                self.say()
        except subprocess.TimeoutExpired:
            self.say("PyTorch did not finish in time; what it measured until then counts.")
            self.say()
        return json.loads(out.read_text()) if out.exists() else None

    def table(self, ours, peer):
        peer = peer or {}
        places = "; ".join(
            f"{s['device']}: {'layers %d to %d' % (s['firstLayer'], s['firstLayer'] + s['layers'] - 1) if s['layers'] else 'no layers'}{', logits' if s['logits'] else ''}"
            for s in ours["split"])
        self.say(f"Runs on {places}. Loaded in {ours['loadSeconds']:.1f} s; the first token of all, kernels compiled, after {ours['firstTokenColdSeconds']:.1f} s. "
                 f"A token reads {ours['bytesPerToken'] / 1e9:.2f} GB; the device reads {ours['memoryGigabytesPerSecond']:.0f} GB/s.")
        if "copyBytesPerSecond" in peer:
            self.say(f"PyTorch {peer['torch']}, transformers {peer.get('transformers', '?')}: copies move {peer['copyBytesPerSecond'] / 1e9:.0f} GB/s, "
                     f"bf16 products of 8192³ run at {number(peer.get('matmulOperationsPerSecond'), 1e12)} TFLOP/s, those of this model at {number(peer.get('modelOperationsPerSecond'), 1e12)}.")
        for name in sorted(key for key in peer if key.endswith("Error")):
            self.say(f"PyTorch, {name[:-5]}: {peer[name]}")
        self.say()
        self.say("| decode after | tokens/s | GB/s | of the memory | eager | SDPA | times the better |")
        self.say("|---:|---:|---:|---:|---:|---:|---:|")
        for figure in ours["decode"]:
            others = [peer.get(kind, {}).get("decodeTokensPerSecond", {}).get(str(figure["context"])) for kind in ("eager", "sdpa")]
            known = [speed for speed in others if speed]
            self.say(f"| {figure['context']} | {figure['tokensPerSecond']:.1f} | {figure['gigabytesPerSecond']:.0f} | {100 * figure['shareOfMemoryBandwidth']:.0f} % "
                     f"| {number(others[0])} | {number(others[1])} | {number(figure['tokensPerSecond'] / max(known)) if known else '–'} |")
        self.say()
        self.say("| prefill of | tokens/s | TFLOP/s | of PyTorch's bf16 product | eager | SDPA |")
        self.say("|---:|---:|---:|---:|---:|---:|")
        for figure in ours["prefill"]:
            best = peer.get("matmulOperationsPerSecond")
            share = f"{100e12 * figure['teraflopsPerSecond'] / best:.0f} %" if best else "–"
            others = [peer.get(kind, {}).get("prefillTokensPerSecond") for kind in ("eager", "sdpa")]
            self.say(f"| {figure['promptTokens']} | {figure['tokensPerSecond']:.0f} | {figure['teraflopsPerSecond']:.2f} | {share} | {number(others[0])} | {number(others[1])} |")

    # ---- All of it

    def run(self):
        self.work = pathlib.Path(self.options.work or ("/dev/shm" if pathlib.Path("/dev/shm").is_dir() and not self.options.dry else "/tmp")) / f"gemma-gpu-{int(time.time())}"
        self.work.mkdir(parents=True)
        try:
            try:
                self.describe()
            except Skipped as e:
                sys.exit(f"Nothing can be measured: {e}.")
            if self.options.numbers:
                self.check_numbers()
            for size in [None] if self.options.dry else self.options.sizes.split(","):
                self.measure(size)
            self.say("Marks: decode at least 60 % of the memory now, 85 % in the end; prefill of 2,048 at least 40 % of PyTorch's product; decode three times transformers'.")
        finally:
            shutil.rmtree(self.work, ignore_errors=True)
        self.finish()
        sys.exit(1 if self.failed else 0)

    def finish(self):
        name = "".join(c if c.isalnum() else "-" for c in self.device["description"].lower())
        while "--" in name:
            name = name.replace("--", "-")
        folder = pathlib.Path(self.options.out)
        folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d-%H%M")
        path = folder / f"{stamp}-{name.strip('-')[:40]}.md"
        path.write_text("\n".join(self.lines) + "\n", encoding="utf-8")
        print(f"Written: {path}", file=sys.stderr)


def iter_equal(first, second):
    for x, y in zip(first, second):
        if x != y:
            return
        yield x


def number(value, unit=1.0):
    return "–" if value is None else f"{value / unit:.1f}"


def find_gemma():
    """What 'prepare' packed, unpacked once; else what a build left."""
    packed, unpacked = ROOT / "artifacts/gpu/gemma.xz", ROOT / "artifacts/gpu/gemma"
    if packed.exists() and not unpacked.exists():
        partial = unpacked.with_suffix(".partial")
        with lzma.open(packed) as source, open(partial, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        partial.chmod(0o755)
        partial.rename(unpacked)
    return next((path for path in (unpacked, ROOT / "artifacts/bin/Host/release/gemma") if path.exists()), None)


def main():
    parser = argparse.ArgumentParser(prog="run.sh run", description=__doc__)
    parser.add_argument("--gemma", help="the program; default: what 'prepare' or a build left in artifacts")
    parser.add_argument("--device", default="cuda", help="as gemma's --device")
    parser.add_argument("--gpu-layers", type=int, help="as gemma's --gpu-layers")
    parser.add_argument("--sizes", default="gemma-2-2b,gemma-2-9b,gemma-2-27b")
    parser.add_argument("--prompt", type=int, default=2048, help="tokens of the prompt")
    parser.add_argument("--contexts", type=lambda text: [int(part) for part in text.split(",")], default=[128, 2048])
    parser.add_argument("--tokens", type=int, default=64, help="tokens decoded after each context")
    parser.add_argument("--work", help="where weights are written, one size at a time; default /dev/shm, else /tmp")
    parser.add_argument("--out", default=str(ROOT / "benchmarks/results"))
    parser.add_argument("--minutes", type=float, default=60, help="stop starting things after this")
    parser.add_argument("--no-numbers", dest="numbers", action="store_false", help="do not compare logits first")
    parser.add_argument("--force", action="store_true", help="measure although the numbers are wrong")
    parser.add_argument("--dry", action="store_true", help="the demo model and short texts, to see that everything works")
    options = parser.parse_args()
    options.gemma = pathlib.Path(options.gemma) if options.gemma else find_gemma()
    if options.gemma is None:
        sys.exit("The program is not there; run 'benchmarks/gpu/run.sh prepare' first.")
    if options.dry:
        options.prompt, options.contexts, options.tokens, options.out = 64, [32, 128], 8, str(ROOT / "artifacts/gpu-dry")
    Bench(options).run()


main()
