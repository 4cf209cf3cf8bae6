#!/usr/bin/env python3
"""Writes small safetensors files, good ones and damaged ones, and manifest.json: which of them the safetensors library
loads, and by what name it refuses the others.

Usage: python3 make_safetensors.py          Needs: pip install safetensors numpy (manifest made with 0.8)
"""
import json
import pathlib
import struct

import numpy
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

# The variants of the library's error, by what its messages say.
NAMES = {
    "header too small": "HeaderTooSmall", "header too large": "HeaderTooLarge",
    "invalid header length": "InvalidHeaderLength", "invalid UTF-8 in header": "InvalidHeader",
    "invalid JSON in header": "InvalidHeaderDeserialization", "invalid shape, data type": "TensorInvalidInfo",
    "invalid offset": "InvalidOffset", "incomplete metadata": "MetadataIncompleteBuffer",
    "overflow computing": "ValidationOverflow", "slicing for subbytes": "MisalignedSlice",
}
HERE = pathlib.Path(__file__).resolve().parent


def raw(header, data=b"", length=None):
    header = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def tensor(name="a", dtype="F32", shape=(1,), offsets=(0, 4)):
    return json.dumps({name: {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}})


def files():
    two = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}}'
    yield "two-tensors", save({"a": numpy.arange(6, dtype="f4").reshape(2, 3), "b": numpy.ones(2, "i8")})
    yield "metadata", save({"a": numpy.zeros(3, "f2")}, metadata={"format": "pt", "note": "é"})
    yield "no-tensor", raw("{}")
    yield "empty-shape", raw(tensor(shape=()), bytes(4))
    yield "tensor-of-no-element", raw(tensor(shape=(2, 0), offsets=(0, 0)))
    yield "padded-header", raw("{}" + " " * 30)
    yield "header-too-small", b"\x02\0\0"
    yield "empty-file", b""
    yield "header-too-large", raw("{}", length=1 << 60)
    yield "header-longer-than-the-file", raw("{}", length=3)
    yield "header-not-utf8", raw(b"{\xff}")
    yield "header-not-json", raw("{")
    yield "header-is-a-list", raw("[]")
    yield "unknown-type", raw(tensor(dtype="F33"), bytes(4))
    yield "offsets-too-few", raw(tensor(shape=(2,)), bytes(4))
    yield "negative-shape", raw(tensor(shape=(-1,)), bytes(4))
    yield "hole", raw(two % (8, 12), bytes(12))
    yield "overlap", raw(two % (2, 6), bytes(6))
    yield "data-too-short", raw(tensor(shape=(2,), offsets=(0, 8)), bytes(4))
    yield "data-too-long", raw(tensor(), bytes(5))
    yield "shape-overflows", raw(tensor(shape=(1 << 63, 2)), bytes(4))
    yield "size-overflows", raw(tensor(shape=(1 << 62, 2)), bytes(4))
    yield "half-a-byte", raw(tensor(dtype="F4", offsets=(0, 1)), b"\0")


def verdict(path):
    try:
        with safe_open(path, "numpy"):
            return "OK"
    except SafetensorError as error:
        return next(name for words, name in NAMES.items() if words in str(error))


def main():
    manifest = []
    for name, contents in files():
        path = HERE / f"{name}.safetensors"
        path.write_bytes(contents)
        manifest.append({"file": path.name, "expect": verdict(path)})
    (HERE / "manifest.json").write_text(
        "[\n" + ",\n".join(" " + json.dumps(entry) for entry in manifest) + "\n]\n")


if __name__ == "__main__":
    main()
