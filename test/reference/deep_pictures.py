"""Small pictures of more than 8 bits, and the mean of each channel in units of 255: test/fixtures/cases/deep-pictures.

Run: python test/reference/deep_pictures.py    (numpy 2; the files are written byte by byte, so no other package takes part)
"""
import json, os, struct, zlib
import numpy as np

folder = os.path.join(os.path.dirname(__file__), "..", "fixtures", "cases", "deep-pictures")
os.makedirs(folder, exist_ok=True)
expected = {}


def put(name, data, means, channels):
    """@param means per channel; None for a file that is refused"""
    with open(os.path.join(folder, name), "wb") as file: file.write(data)
    expected[name] = None if means is None else [round(float(m), 5) for m in np.atleast_1d(means)][:channels]


def png(samples):
    """16 bits, big-endian: grey, grey and alpha, RGB, RGB and alpha."""
    height, width, channels = samples.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(samples):
    """One strip, little-endian, in the array's own type."""
    height, width, channels = samples.shape
    bits, kind = samples.itemsize * 8, {"u": 1, "i": 2, "f": 3}[samples.dtype.kind]
    fields = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * channels), (259, 3, [1]), (262, 3, [1 if channels == 1 else 2]),
              (273, 4, [0]), (277, 3, [channels]), (278, 4, [height]), (279, 4, [samples.nbytes]), (339, 3, [kind] * channels)]
    start, blob, table = 8 + 2 + 12 * len(fields) + 4, b"", []
    for tag, size, values in fields:
        packed = struct.pack(f"<{len(values)}{'H' if size == 3 else 'I'}", *values)
        if len(packed) > 4: packed, blob = struct.pack("<I", start + len(blob)), blob + packed
        table.append([tag, size, len(values), packed.ljust(4, b"\0")])
    for entry in table:
        if entry[0] == 273: entry[3] = struct.pack("<I", start + len(blob))
    body = b"".join(struct.pack("<HHI", *entry[:3]) + entry[3] for entry in table)
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + body + struct.pack("<I", 0) + blob + samples.tobytes()


def flat(*values, dtype=np.uint16):
    return np.tile(np.array(values, dtype), (6, 8, 1))


def ramp(*tops, dtype=np.uint16):
    """From zero to a top for each channel, along each row."""
    steps = np.linspace(0, 1, 8)[None, :, None] * np.array(tops, np.float64)
    return np.tile(steps, (6, 1, 1)).round(0 if np.issubdtype(dtype, np.integer) else 12).astype(dtype)


def means(samples): return samples.astype(np.float64).mean((0, 1))


put("grey.png", png(flat(1000)), 1000 / 257, 1)
put("ramp-of-12-bits.png", png(ramp(4095)), means(ramp(4095)) / 257, 1)
put("ramp.png", png(ramp(65535)), means(ramp(65535)) / 257, 1)
put("rgb.png", png(flat(1000, 20001, 60003)), np.array([1000, 20001, 60003]) / 257, 3)
put("grey-alpha.png", png(flat(1000, 16384)), (1000 * 16384 + 65535 * (65535 - 16384)) / 65535 / 257, 1)
put("rgb-alpha.png", png(flat(1000, 20001, 60003, 65535)), np.array([1000, 20001, 60003]) / 257, 3)
put("grey.tif", tiff(flat(1000)), 1000 / 257, 1)
put("rgb.tif", tiff(flat(1000, 20001, 60003)), np.array([1000, 20001, 60003]) / 257, 3)
put("float.tif", tiff(flat(0.25, dtype=np.float32)), 0.25 * 255, 1)
put("float-rgb.tif", tiff(flat(0.25, 0.5, 1, dtype=np.float32)), np.array([0.25, 0.5, 1]) * 255, 3)
put("float-ramp.tif", tiff(ramp(1, dtype=np.float32)), 127.5, 1)
put("float-to-255.tif", tiff(ramp(200, dtype=np.float32)), 100, 1)
put("float-of-hounsfield.tif", tiff(flat(-900, dtype=np.float32)), None, 1)
put("float-to-4.tif", tiff(ramp(4, dtype=np.float32)), None, 1)
put("float-nan.tif", tiff(flat(np.nan, dtype=np.float32)), None, 1)
put("double.tif", tiff(flat(0.25, dtype=np.float64)), None, 1)
put("uint32.tif", tiff(flat(100000, dtype=np.uint32)), None, 1)
put("int16.tif", tiff(flat(-5, dtype=np.int16)), None, 1)
with open(os.path.join(folder, "expected.json"), "w") as file: file.write(json.dumps(expected, indent=2) + "\n")
