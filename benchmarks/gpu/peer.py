"""PyTorch's side of a comparison: copies, bf16 matrix products, and transformers' Gemma 2 with random weights.

Reads a config.json, writes one JSON object. What fails is written as an error beside what worked. Exit code 3: no PyTorch
with a GPU here.
"""

import argparse
import json
import statistics
import sys
import time

try:
    import torch
except ImportError as e:
    print(f"PyTorch is not installed ({e}).", file=sys.stderr)
    sys.exit(3)
if not torch.cuda.is_available():
    print("PyTorch sees no GPU here.", file=sys.stderr)
    sys.exit(3)


def timed(work, repetitions=5):
    """Median seconds; the first run, which compiles and allocates, does not count."""
    seconds = []
    for _ in range(repetitions + 1):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def copy_bandwidth():
    """Bytes read and written per second by copies from the device's memory to itself."""
    source = torch.ones(1 << 30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)

    def copies():
        for _ in range(10):
            target.copy_(source)

    return 10 * 2 * source.numel() / timed(copies)


def matmul_speed(m, n, k):
    """Operations per second of a bf16 product [m, k] · [k, n] of random numbers."""
    a = torch.randn(m, k, dtype=torch.bfloat16, device="cuda")
    b = torch.randn(n, k, dtype=torch.bfloat16, device="cuda").t()

    def products():
        for _ in range(10):
            a @ b

    return 10 * 2 * m * n * k / timed(products)


def model_products(config, tokens):
    """Operations per second over the matrix products of one layer, each as a product of its own."""
    d, f, h = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    q, kv = config["num_attention_heads"] * h, config["num_key_value_heads"] * h
    shapes = [(q, d), (kv, d), (kv, d), (d, q), (f, d), (f, d), (d, f)]
    operations = sum(2 * tokens * n * k for n, k in shapes)
    return operations / sum(2 * tokens * n * k / matmul_speed(tokens, n, k) for n, k in shapes)


def build(directory, attention):
    """Gemma 2 of a configuration with random weights, on the GPU, in bf16."""
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(directory)
    with torch.device("cuda"):
        try:
            model = AutoModelForCausalLM.from_config(config, attn_implementation=attention, dtype=torch.bfloat16)
        except TypeError:       # before version 5
            model = AutoModelForCausalLM.from_config(config, attn_implementation=attention, torch_dtype=torch.bfloat16)
    return model.eval()


def start_cache(model):
    from transformers import DynamicCache

    try:
        return DynamicCache(config=model.config)
    except TypeError:           # before version 4.56
        return DynamicCache()


def prefill(model, ids):
    cache = start_cache(model)
    output = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache, output.logits[:, -1].argmax(-1, keepdim=True)


def decode_speed(model, ids, tokens):
    """Tokens per second after a context, greedily; the prompt is not timed."""
    speeds = []
    for _ in range(4):
        cache, token = prefill(model, ids)
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(tokens):
            output = model(input_ids=token, past_key_values=cache, use_cache=True)
            token = output.logits[:, -1].argmax(-1, keepdim=True)
        torch.cuda.synchronize()
        speeds.append(tokens / (time.perf_counter() - start))
    return statistics.median(speeds[1:])


def measure_model(directory, attention, prompt, contexts, tokens, vocabulary):
    with torch.inference_mode():
        model = build(directory, attention)
        generator = torch.Generator(device="cuda").manual_seed(1)
        ids = torch.randint(0, vocabulary, (1, max([prompt, *contexts])), device="cuda", generator=generator)
        seconds = timed(lambda: prefill(model, ids[:, :prompt]), repetitions=3)
        return {
            "prefillSeconds": seconds,
            "prefillTokensPerSecond": prompt / seconds,
            "decodeTokensPerSecond": {str(context): decode_speed(model, ids[:, :context], tokens) for context in contexts},
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True, help="folder with a config.json of Gemma 2")
    parser.add_argument("--prompt", type=int, default=2048)
    parser.add_argument("--contexts", default="128,2048")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    with open(f"{options.config}/config.json", encoding="utf-8") as file:
        config = json.load(file)
    contexts = [int(context) for context in options.contexts.split(",")]

    result = {"torch": torch.__version__, "gpu": torch.cuda.get_device_name(0)}

    def attempt(name, work):
        try:
            result[name] = work()
        except Exception as e:  # one failure must not lose the others
            result[f"{name}Error"] = f"{type(e).__name__}: {e}"
        torch.cuda.empty_cache()
        with open(options.out, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=2)

    attempt("copyBytesPerSecond", copy_bandwidth)
    attempt("matmulOperationsPerSecond", lambda: matmul_speed(8192, 8192, 8192))
    attempt("modelOperationsPerSecond", lambda: model_products(config, options.prompt))
    try:
        import transformers

        result["transformers"] = transformers.__version__
    except ImportError as e:
        result["transformersError"] = str(e)
        return
    for attention in ("eager", "sdpa"):
        attempt(attention, lambda: measure_model(options.config, attention, options.prompt, contexts, options.tokens, config["vocab_size"]))


main()
