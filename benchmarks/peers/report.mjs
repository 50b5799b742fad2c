// Medians, ratios, marks and the table of a comparison.

/** What must be reached against llama.cpp. */
const MARKS = { prefill: 1.0, decode: 1.2 };

const median = (numbers) => {
    const sorted = numbers.toSorted((a, b) => a - b);
    return sorted.length === 0 ? undefined : (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** Speeds in tokens per second of both engines, their ratio, and decode's share of the memory's bandwidth. */
export function figures(what, tokens, { seconds, memoryBytesPerSecond }, { bytesPerToken }) {
    const speed = (runs) => runs.length === 0 ? undefined : { tokensPerSecond: tokens / median(runs), runs: runs.map((s) => tokens / s) };
    const peer = speed(seconds.peer), ours = speed(seconds.ours);
    const memory = median(memoryBytesPerSecond);
    const share = (of) => of && bytesPerToken && memory ? of.tokensPerSecond * bytesPerToken / memory : undefined;
    return {
        ...what, llamaCpp: peer, gemma: ours, ratio: peer && ours && ours.tokensPerSecond / peer.tokensPerSecond,
        memoryGigabytesPerSecond: memory && memory / 1e9, llamaCppShareOfMemory: share(peer), gemmaShareOfMemory: share(ours),
    };
}

export function table(document) {
    const rows = [["file", "measured", "llama.cpp", "gemma", "ratio", "mark", "", "memory", "llama.cpp", "gemma"]];
    const number = (value, digits = 2) => value === undefined ? "" : value.toFixed(digits);
    const percent = (value) => value === undefined ? "" : `${(100 * value).toFixed(0)} %`;
    for (const result of document.results) {
        const add = (kind, label, figure) => rows.push([
            result.file, label, number(figure.llamaCpp?.tokensPerSecond), number(figure.gemma?.tokensPerSecond), number(figure.ratio),
            figure.ratio === undefined ? "" : `>= ${MARKS[kind].toFixed(1)}`, figure.ratio === undefined ? "" : figure.ratio >= MARKS[kind] ? "reached" : "missed",
            figure.memoryGigabytesPerSecond === undefined ? "" : `${number(figure.memoryGigabytesPerSecond, 1)} GB/s`,
            percent(figure.llamaCppShareOfMemory), percent(figure.gemmaShareOfMemory),
        ]);
        result.prefill.forEach((figure) => add("prefill", `prefill of ${figure.promptTokens}`, figure));
        result.decode.forEach((figure) => add("decode", `decode after ${figure.context}`, figure));
    }
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    const lines = rows.map((row) => row.map((cell, i) => i < 2 || i === 6 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ").trimEnd());
    return [...lines, "", ...notes(document)].join("\n");
}

function notes(document) {
    const peer = document.results.find((result) => result.llamaCpp)?.llamaCpp, ours = document.results.find((result) => result.gemma)?.gemma;
    const { threads, repetitions, tokens } = document.options;
    const lines = [
        `Speeds in tokens/s, medians of ${repetitions} turns; decode of ${tokens} tokens; ${threads} threads. Memory: what plain vector loads get,`,
        "between the turns; after it the share of that which the weights read by decoding take.",
        `date       ${document.date}`,
    ];
    if (ours)
        lines.push(`machine    ${ours.machine}`, `gemma      ${ours.version}, ${ours.device}`);
    if (peer)
        lines.push(`llama.cpp  node-llama-cpp ${peer.nodeLlamaCpp}, its prebuilt ${peer.release}, node ${document.node}`, `           ${peer.systemInfo}`);
    for (const result of document.results) {
        if (result.gemma)
            lines.push(`${result.file}: ${(result.bytes / 1e9).toFixed(2)} GB; gemma's peak memory ${(result.gemma.peakResidentBytes / 1e9).toFixed(2)} GB`);
        for (const note of result.llamaCpp?.notes ?? [])
            lines.push(`${result.file}: llama.cpp: ${note}`);
    }
    return lines;
}
