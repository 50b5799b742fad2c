// The demo model in rows of 256, for the K types, whose blocks are that long: the same function in a larger shape.
//
// Rows are filled up with zeros, so the residual stream keeps its 192 values and carries 64 zeros. What takes a mean or a
// square root over the width must be told: with s = √(192/256), the root mean square over 256 is s times that over 192, so
// norm weights become s·(1 + w) − 1 and epsilon s²·ε; the embedding, which is multiplied by √width, becomes s times
// itself, and the last norm, whose product with it gives the logits, keeps its weights. A fourth query head of zeros makes
// the attention's rows 256 wide. Everything is stored as f32.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BLOCK = 256;
const whole = (size) => Math.ceil(size / BLOCK) * BLOCK;

/** Writes the widened copy of a Gemma 2 folder (bf16, tied embedding, one key head). */
export function widen(source, target) {
    const config = JSON.parse(readFileSync(join(source, "config.json"), "utf8"));
    const width = config.hidden_size, wide = whole(width), heads = whole(config.num_attention_heads * config.head_dim) / config.head_dim;
    const s = Math.sqrt(width / wide);
    const sizes = new Map([
        [width, wide], [config.intermediate_size, whole(config.intermediate_size)],
        [config.num_attention_heads * config.head_dim, heads * config.head_dim],
    ]);
    const tensors = readTensors(join(source, "model.safetensors")).map(({ name, shape, values }) => {
        const resized = name === "model.embed_tokens.weight" || /[kv]_proj/.test(name)
            ? [shape[0], sizes.get(shape[1])] : shape.map((size) => sizes.get(size));
        const last = name === "model.norm.weight";
        const change = shape.length === 1 ? (w) => last ? w : s * (1 + w) - 1 : name === "model.embed_tokens.weight" ? (w) => s * w : (w) => w;
        const columns = shape.at(-1), wider = resized.at(-1), rows = values.length / columns;
        const copy = new Float32Array(resized.reduce((product, size) => product * size));
        for (let row = 0; row < rows; row++)
            for (let column = 0; column < columns; column++)
                copy[row * wider + column] = change(values[row * columns + column]);
        return { name, shape: resized, values: copy };
    });
    mkdirSync(target, { recursive: true });
    writeTensors(join(target, "model.safetensors"), tensors);
    writeFileSync(join(target, "config.json"), JSON.stringify({
        ...config, hidden_size: wide, intermediate_size: whole(config.intermediate_size), num_attention_heads: heads,
        rms_norm_eps: config.rms_norm_eps * s * s, torch_dtype: "float32",
    }, null, 2));
    for (const file of ["tokenizer.model", "generation_config.json"])
        copyFileSync(join(source, file), join(target, file));
}

/** Tensors of a bf16 or f32 safetensors file as Float32Array. */
export function readTensors(path) {
    const file = readFileSync(path), start = 8 + Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.toString("utf8", 8, start));
    return Object.entries(header).filter(([name]) => name !== "__metadata__").map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
        const bytes = file.subarray(start + from, start + to);
        const values = new Float32Array(bytes.length / (dtype === "BF16" ? 2 : 4));
        const bits = new Uint32Array(values.buffer);
        for (let i = 0; i < bits.length; i++)
            bits[i] = dtype === "BF16" ? bytes.readUInt16LE(2 * i) << 16 : bytes.readUInt32LE(4 * i);
        return { name, shape, values };
    });
}

function writeTensors(path, tensors) {
    let offset = 0;
    const header = Object.fromEntries(tensors.map(({ name, shape, values }) =>
        [name, { dtype: "F32", shape, data_offsets: [offset, offset += values.byteLength] }]));
    const text = Buffer.from(JSON.stringify(header)), length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(path, Buffer.concat([length, text, ...tensors.map(({ values }) => Buffer.from(values.buffer))]));
}
