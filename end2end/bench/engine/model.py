"""Writes a GGUF file with the shapes and the vocabulary of Qwen2.5 and random weights, for measuring speed and memory.

usage: model.py VOCABULARY.gguf {tiny,0.5B,1.5B} OUTPUT.gguf

Weights are N(0, 0.02) in F16; llama-quantize makes the other forms of it. What it says are real words that mean nothing.
It never ends by itself: the rows of all tokens that are no plain ASCII text, those that end an answer among them, are
zero, so that they are never among the likeliest (input and output share one matrix, as in the published models).
"""

import sys

import gguf
import numpy as np

# Layers, width, width of the feed-forward part, heads, heads of keys and values.
SHAPES = {
    "tiny": (2, 128, 256, 4, 2),
    "0.5B": (24, 896, 4864, 14, 2),
    "1.5B": (28, 1536, 8960, 12, 2),
}
CONTEXT = 32_768
TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# As the bytes of a text are spelled in vocabularies of this kind: Ġ is a space, Ċ a new line.
PLAIN = {chr(code) for code in range(0x21, 0x7F)} | {"Ġ", "Ċ"}
NORMAL = 1


def main(vocabulary: str, size: str, output: str) -> None:
    layers, width, feed_forward, heads, kv_heads = SHAPES[size]
    fields = gguf.GGUFReader(vocabulary).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    random = np.random.default_rng(0)

    writer = gguf.GGUFWriter(output, "qwen2")
    writer.add_name(f"random-qwen2.5-{size}")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_context_length(CONTEXT)
    writer.add_block_count(layers)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(feed_forward)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(fields["tokenizer.ggml.merges"].contents())
    writer.add_bos_token_id(tokens.index("<|endoftext|>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_pad_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)

    def weights(*shape: int) -> np.ndarray:
        return random.normal(0, 0.02, shape).astype(np.float32)

    def matrix(name: str, rows: int, columns: int) -> None:
        writer.add_tensor(f"{name}.weight", weights(rows, columns).astype(np.float16))

    def norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(width, np.float32))

    embeddings = weights(len(tokens), width)
    silent = [kind != NORMAL or not PLAIN.issuperset(token) for token, kind in zip(tokens, types)]
    embeddings[silent] = 0
    writer.add_tensor("token_embd.weight", embeddings.astype(np.float16))
    norm("output_norm")
    kv_width = width // heads * kv_heads
    for layer in range(layers):
        block = f"blk.{layer}"
        norm(f"{block}.attn_norm")
        norm(f"{block}.ffn_norm")
        for part, rows in (("q", width), ("k", kv_width), ("v", kv_width)):
            matrix(f"{block}.attn_{part}", rows, width)
            writer.add_tensor(f"{block}.attn_{part}.bias", weights(rows))
        matrix(f"{block}.attn_output", width, width)
        matrix(f"{block}.ffn_gate", feed_forward, width)
        matrix(f"{block}.ffn_up", feed_forward, width)
        matrix(f"{block}.ffn_down", width, feed_forward)

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
