#!/usr/bin/env python3
"""Verifies Keyveil audit logs, independently of Keyveil: plain Python 3.8, no packages. Prints one
line for each folder that begins with "sound" or "broken"; the exit code is 0 or 1."""
import argparse, base64, hashlib, itertools, json, os, re, sys

LONGEST = 1024 * 1024
HEAD = re.compile(
    rb'\{"v":1,"seq":([1-9][0-9]{0,17}),"prev":"([0-9a-f]{64})","instance":"[A-Za-z0-9_-]{1,40}"'
    rb',"time":"[0-9:.TZ+-]{1,40}","event":"[A-Za-z0-9_-]{1,40}"'
    rb',"kind":"(?:intent|completion|management|refusals|reconciled|checkpoint)"[,}]')
TEXT = re.compile(rb'"((?:[^"\\]|\\.)*)"(:?)', re.S)
OPEN = re.compile(rb'"(?:[^"\\]|\\.)*\\?\Z', re.S)
NAME = re.compile(rb"[A-Za-z0-9_-]{1,40}\Z")
NOTE = re.compile(
    "([^\\s+]{1,100})\n([1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n"
    "([A-Za-z0-9_-]{1,40}) ([0-9TZ:.+-]{1,40}) ([A-Za-z0-9_-]{1,40}) ([1-9][0-9]{0,17})\n"
    "(?:\n\u2014 ([^\\s+]{1,100}) ([A-Za-z0-9+/]{91}=)\n)?\\Z", re.ASCII)
GONE = b',"action":"archive","target":{"kind":"records-through","value":"%d %s"},'

# Ed25519 (RFC 8032), verification only, in extended coordinates.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P

def times(number, point):
    result = (0, 1, 1, 0)
    for bit in bin(number)[2:]:
        result = add(add(result, result), point) if bit == "1" else add(result, result)
    return result

def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def verifies(key, text, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % ORDER
    if a is None or r is None or s >= ORDER:
        return False
    left, right = times(s, BASE), add(r, times(hashed, a))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))

def public_key(path):
    text = open(path, encoding="ascii", errors="replace").read()
    key = re.search(r"-----BEGIN PUBLIC KEY-----\s+(MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=)\s", text)
    return base64.b64decode(key.group(1))[12:] if key else sys.exit(path + ": no Ed25519 public key")

def check(holds, why, *facts):
    if not holds:
        raise ValueError(why % facts)

def signed(note, text, keys):
    """Whether one of the keys signed the C2SP note under the name of its origin."""
    if note.group(8) != note.group(1):
        return False
    blob, body = base64.b64decode(note.group(9)), text[:text.index("\n\n") + 1].encode()
    return base64.b64encode(blob).decode() == note.group(9) and any(
        hashlib.sha256(note.group(1).encode() + b"\n\x01" + key).digest()[:4] == blob[:4]
        and verifies(key, body, blob[4:]) for key in keys)

def pairs(found):
    check(len(dict(found)) == len(found), "a field twice")
    return dict(found)

def record(line):
    """The record in a line as (seq, prev, JSON); a ValueError if the line has not the form of one."""
    head, bare = HEAD.match(line), TEXT.sub(b"", line)
    names = [text for text, colon in TEXT.findall(line) if colon]
    check(head and len(line) <= LONGEST and not re.search(rb"[^0-9{}:,]|[0-9]{20}", bare) and len(names) <= 64
          and bare.count(b"{") <= 8 and all(NAME.match(name) for name in names), "not a record")
    try:
        return int(head.group(1)), head.group(2).decode(), json.loads(line.decode(), object_pairs_hook=pairs)
    except ValueError:
        raise ValueError("not a record")

def torn(tail, seq, prev):
    """Whether a crash leaves this of the next record: its beginning, and then at most some NULs."""
    body, begin = tail.rstrip(b"\0"), b'{"v":1,"seq":%d,"prev":"%s","instance":"' % (seq, prev.encode())
    if len(tail) > LONGEST or not body.startswith(begin):
        return len(tail) <= LONGEST and begin.startswith(body)
    bare = OPEN.sub(b"", TEXT.sub(b"", body))
    if 0 in itertools.accumulate((octet == 123) - (octet == 125) for octet in bare):
        try:
            return body == tail and bool(record(body))
        except ValueError:
            return False
    return not re.search(rb"[^0-9{}:,]", bare) and not re.search(rb"[\0-\x1f]", body)

def checkpoint(line, seq, found, keys):
    """A checkpoint's line follows from its note to the last byte; returns its record's number and origin."""
    note = NOTE.match(found["note"]) if isinstance(found.get("note"), str) else None
    head = base64.b64decode(note.group(3)) if note else b""
    same = note and dict(v=1, seq=int(note.group(2)) + 1, prev=head.hex(), instance=note.group(4),
                         time=note.group(5), event=note.group(6), kind="checkpoint", note=found["note"])
    written = json.dumps(same, separators=(",", ":"), ensure_ascii=False).encode()
    check(written == line and base64.b64encode(head).decode() == note.group(3), "not a record")
    check(not keys or signed(note, found["note"], keys), "checkpoint %d is not signed with the key", seq)
    return seq - 1, note.group(1)

def lines(path):
    """Each line of a file, and whether it has an end; one that is too long is cut."""
    with open(path, "rb") as file:
        for line in iter(lambda: file.readline(LONGEST + 2), b""):
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = file.readline(LONGEST)
            yield line[:-1] if line.endswith(b"\n") else line, bool(rest)

def first_number(path):
    line, whole = next(lines(path), (b"", False))
    return int(HEAD.match(line).group(1)) if whole and HEAD.match(line) else 0

def saw(witness, number, digest):
    same = bool(witness) and witness[0] == number
    check(not same or witness[1] == digest, "record %d is not the one that the checkpoint saw", number)
    return same

def verify(folder, keys, witness, partial=False):
    digest, last, count, checkpoints, covered, seen, first, tail, origin = "0" * 64, 0, 0, 0, 0, 0, 0, 0, ""
    paths = (os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".jsonl"))
    files = sorted((first_number(path), os.path.basename(path), path) for path in filter(os.path.isfile, paths))
    end, at, begin = files[-1][1] if files else "", 0, ""
    try:
        for number, (_, name, path) in enumerate(files):
            end, at = name, 0
            for line, whole in lines(path):
                at += 1
                if not whole:
                    check(not tail and (number == len(files) - 1 or at == 1), "not a record")
                    tail = name, at, line
                    break
                seq, prev, found = record(line)
                if not count:
                    check(seq > 1 or prev == digest, "the first record does not begin the chain")
                    last, digest, first, said = seq - 1, prev, (name, seq), 0
                    known = seen = saw(witness, last, digest)
                    gone = GONE % (last, digest.encode())
                check(seq == last + 1, "record %d follows record %d", seq, last)
                check(prev == digest, "record %d was changed after record %d was written", last, seq)
                said = said or (seq if found["kind"] == "management" and gone in line else 0)
                if found["kind"] == "checkpoint":
                    (covered, origin), checkpoints = checkpoint(line, seq, found, keys), checkpoints + 1
                last, count, digest = seq, count + 1, hashlib.sha256(line).hexdigest()
                seen = saw(witness, last, digest) or seen
        if tail:
            end, at = tail[:2]
            check(torn(tail[2], last + 1, digest), "no line end, and not the beginning of record %d", last + 1)
        if first and first[1] > 1:
            (end, at), begin = (first[0], 1), (
                " (earlier ones were archived)" if 0 < said <= (covered if keys else last) else
                " (the checkpoint knows the one before)" if known else
                " (nothing is known of earlier ones)" if partial else "")
            check(begin, "begins with record %d, and nothing says that earlier ones were archived", first[1])
        end, at = files[-1][1] if files else "", 0
        known = witness[0] if witness else -1
        check(known < last, "the log ends with record %d, the checkpoint saw %d", last, known)
        check(known < 0 or seen, "the checkpoint saw record %d, before the first here", known)
        check(not keys or not count or checkpoints, "no checkpoint, so that nothing is signed")
    except ValueError as fault:
        return "broken: %s:%d: %s" % (end, at, fault)
    return "sound%s: %d records%s in %d files, %d %s%s, the last over record %d, torn tails %d, head %s" % (
        " in part" if "nothing" in begin else "", count, " from %d on%s" % (first[1], begin) if begin else "",
        len(files), checkpoints, "signed checkpoints" if keys else "checkpoints (no key to check them with)",
        " of " + origin if origin else "", covered, bool(tail), digest)

def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folders", nargs="+")
    options.add_argument("--public-key", action="append", default=[])
    options.add_argument("--checkpoint", help="one that was kept elsewhere")
    options.add_argument("--partial", action="store_true", help="a part of a log, which begins anywhere")
    given = options.parse_args()
    keys, witness = [public_key(path) for path in given.public_key], None
    if given.checkpoint:
        note = NOTE.match(text := open(given.checkpoint, encoding="utf-8", errors="replace", newline="").read())
        if not note or keys and not signed(note, text, keys):
            sys.exit(given.checkpoint + ": no checkpoint of this log")
        witness = int(note.group(2)), base64.b64decode(note.group(3)).hex()
    verdicts = [verify(folder, keys, witness, given.partial) for folder in given.folders]
    print("\n".join(verdicts))
    return int(any(verdict.startswith("broken") for verdict in verdicts))

try:
    sys.exit(main())
except OSError as fault:
    sys.exit("%s: %s" % (fault.filename, fault.strerror))
