"""Writes a batch file with Python's own CSV writer, Zstandard and AES: arguments are the folder and null."""

import csv
import io
import json
import os
import sys

import zstandard
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

folder, null = sys.argv[1:]

text = io.StringIO()
writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
writer.writerow(["text", "id", "amount"])
for number in range(5000):
    words = 'line 1\nline 2, "quoted" \\n ü😀 %d' % number if number % 3 else null
    writer.writerow([words, number, number / 8])

packed = b"".join(
    # Several frames, one after the other.
    zstandard.ZstdCompressor(level=3, write_checksum=odd).compress(part)
    for odd, part in [
        (True, text.getvalue().encode()[:100_001]),
        (False, text.getvalue().encode()[100_001:]),
    ]
)
key, vector = os.urandom(32), os.urandom(16)
padder = padding.PKCS7(128).padder()
cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
body = cipher.update(padder.update(packed) + padder.finalize()) + cipher.finalize()
path = os.path.join(folder, "python.csv.zst.aes")
with open(path, "wb") as file:
    file.write(vector + body)
print(json.dumps({"path": path, "key": key.hex()}))
