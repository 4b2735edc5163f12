# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The compiled form of :meth:`cleaner.index.Index.look_up`: the same answers, some twenty times as fast.

Every line is read once, character by character: its first and last letters are looked up in hash tables,
the cues are found by the hash of their first few characters (after Karp and Rabin, "Efficient randomized
pattern-matching algorithms", IBM J. Res. Dev. 31, 1987), and of the patterns that this leads to those stay
whose literals stand in the line, which a Bloom filter over its pairs of characters mostly tells. What a line
is lives in :mod:`cleaner.index`, in Python; a test holds the two against each other.
"""

from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from cleaner.edges import BESIDE as _BESIDE
from cleaner.edges import _key_char, fold

cdef extern from "Python.h":
    int PyUnicode_KIND(object)
    void* PyUnicode_DATA(object)
    uint32_t PyUnicode_READ(int, void*, Py_ssize_t)
    bint Py_UNICODE_ISALNUM(uint32_t) noexcept
    bint Py_UNICODE_ISSPACE(uint32_t) noexcept
    bint Py_UNICODE_ISPRINTABLE(uint32_t) noexcept

cdef enum:
    SIZE = 8  # characters of a key, as in cleaner.edges
    BUCKETS = 4096  # of literals by their first characters
    BITS = 8192  # bytes with a bit for each value of a hash
    BLOOM = 16  # words of 64 bits
    PLANE = 65536

cdef uint32_t UNKNOWN = 0xFFFFFFFF
cdef Py_ssize_t BESIDE = _BESIDE

# ---------------------------------------------------------------- characters

# What Python makes of each character, asked when it is first met.
cdef uint32_t _low[PLANE]
cdef uint32_t _keys[PLANE]
memset(_low, 0xFF, sizeof(_low))
memset(_keys, 0xFF, sizeof(_keys))


cdef uint32_t _ask_low(uint32_t c) except? 0xFFFFFFFF:
    cdef uint32_t folded = ord(fold(chr(c)))
    if c < PLANE:
        _low[c] = folded
    return folded


cdef uint32_t _ask_key(uint32_t c) except? 0xFFFFFFFF:
    cdef uint32_t found = ord(_key_char(chr(c)))
    if c < PLANE:
        _keys[c] = found
    return found


cdef inline uint32_t low_of(uint32_t c) except? 0xFFFFFFFF:
    return _low[c] if c < PLANE and _low[c] != UNKNOWN else _ask_low(c)


cdef inline uint32_t key_of(uint32_t c) except? 0xFFFFFFFF:
    return _keys[c] if c < PLANE and _keys[c] != UNKNOWN else _ask_key(c)


cdef inline uint64_t mixed(uint64_t h, uint32_t c) noexcept nogil:
    return (h ^ c) * <uint64_t>0x9E3779B97F4A7C15


cdef inline uint32_t pair_of(uint32_t a, uint32_t b) noexcept nogil:
    return <uint32_t>((a * 31 + b) * <uint32_t>0x9E3779B1) >> 16


cdef inline uint32_t four_of(uint32_t a, uint32_t b) noexcept nogil:
    """Of four characters, given as two pairs."""
    return <uint32_t>((a * 31 + b) * <uint32_t>0x85EBCA6B) >> 16


cdef inline bint has_bit(const uint8_t* bits, uint32_t n) noexcept nogil:
    return bits[n >> 3] >> (n & 7) & 1


# ---------------------------------------------------------------- keys of a line's beginning or end

cdef struct Key:
    uint64_t hash
    uint32_t chars[SIZE]
    int length
    int both, both_end  # numbers of the patterns that are known by the other edge, too
    int alone, alone_end


cdef class Keys:
    """Keys and the numbers of the patterns that are filed under them."""

    cdef Key* table
    cdef uint64_t mask
    cdef int* numbers
    cdef int lengths

    def __cinit__(self, dict both, dict alone, object numbers):
        cdef uint64_t size = 16
        cdef int at = 0, i
        cdef list wanted = []
        cdef str k
        cdef Key* entry
        cdef uint64_t h
        for k in {**both, **alone}:
            one = [numbers[n] for n in both.get(k, ()) if n in numbers]
            other = [numbers[n] for n in alone.get(k, ()) if n in numbers]
            if 0 < len(k) <= SIZE and (one or other):
                wanted.append((k, one, other))
        while size < <uint64_t>(2 * len(wanted)):
            size *= 2
        self.mask = size - 1
        self.table = <Key*>calloc(size, sizeof(Key))
        self.numbers = <int*>malloc(sizeof(int) * (1 + sum(len(one) + len(other) for _, one, other in wanted)))
        if self.table == NULL or self.numbers == NULL:
            raise MemoryError
        for k, one, other in wanted:
            h = 0
            for i in range(len(k)):
                h = mixed(h, k[i])
            entry = self.slot(h)
            while entry.length:  # another key with this hash: the next free place
                entry = self.table + (((entry - self.table) + 1) & self.mask)
            entry.hash, entry.length = h, <int>len(k)
            for i in range(len(k)):
                entry.chars[i] = k[i]
            self.lengths |= 1 << entry.length
            entry.both = at
            for n in one:
                self.numbers[at] = n
                at += 1
            entry.both_end = entry.alone = at
            for n in other:
                self.numbers[at] = n
                at += 1
            entry.alone_end = at

    def __dealloc__(self):
        free(self.table)
        free(self.numbers)

    cdef inline Key* slot(self, uint64_t h) noexcept nogil:
        return self.table + ((h >> 32) & self.mask)

    cdef int under(self, const uint32_t* chars, int length, Key** out) noexcept nogil:
        """Write the entries under which a key is filed to ``out``, at most one for each length; how many there are."""
        cdef uint64_t h = 0
        cdef int n, i, found = 0
        cdef Key* entry
        for n in range(1, length + 1):
            h = mixed(h, chars[n - 1])
            if not self.lengths >> n & 1:
                continue
            entry = self.slot(h)
            while entry.length:
                if entry.hash == h and entry.length == n:
                    i = 0
                    while i < n and entry.chars[i] == chars[i]:
                        i += 1
                    if i == n:
                        out[found] = entry
                        found += 1
                        break
                entry = self.table + (((entry - self.table) + 1) & self.mask)
        return found


# ---------------------------------------------------------------- literals

cdef struct Literal:
    uint32_t* chars
    int length
    int next  # in its bucket; -1 at the end
    uint32_t pairs[SIZE]  # of its first characters, as numbers of bits of a Bloom filter
    int pairs_end


cdef class Literals:
    """Strings, to be found wherever one of them stands in a line, or one by one."""

    cdef Literal* all
    cdef int size, longest
    cdef uint32_t* chars
    # Those of one character, those of two or three, and longer ones: by their character, first two, or first four.
    cdef int32_t first[3][BUCKETS]
    cdef uint8_t seen[3][BITS]

    def __cinit__(self, list literals):
        cdef int i, j, at = 0, kind
        cdef uint32_t h
        cdef str text
        cdef Literal* one
        self.size = <int>len(literals)
        self.all = <Literal*>calloc(1 + len(literals), sizeof(Literal))
        self.chars = <uint32_t*>malloc(sizeof(uint32_t) * (1 + sum(map(len, literals))))
        if self.all == NULL or self.chars == NULL:
            raise MemoryError
        memset(self.first, 0xFF, sizeof(self.first))
        for i in range(self.size):
            text = literals[i]
            one = self.all + i
            one.chars, one.length, one.next = self.chars + at, <int>len(text), -1
            for j in range(one.length):
                self.chars[at] = text[j]
                if 0 < j <= SIZE:
                    one.pairs[j - 1] = pair_of(text[j - 1], text[j])
                    one.pairs_end = j
                at += 1
            if not one.length:
                continue
            kind = 0 if one.length == 1 else 1 if one.length < 4 else 2
            h = one.chars[0] & 0xFFFF if kind == 0 else one.pairs[0] if kind == 1 else four_of(one.pairs[0], one.pairs[2])
            one.next = self.first[kind][h % BUCKETS]
            self.first[kind][h % BUCKETS] = i
            self.seen[kind][h >> 3] |= 1 << (h & 7)
            self.longest = max(self.longest, one.length)

    def __dealloc__(self):
        free(self.all)
        free(self.chars)

    cdef inline bint stands_at(self, int i, const uint32_t* low, Py_ssize_t left) noexcept nogil:
        """Whether literal ``i`` stands right at ``low``, of which ``left`` characters are left."""
        cdef Literal* one = self.all + i
        cdef int j = 0
        if one.length > left:
            return False
        while j < one.length and one.chars[j] == low[j]:
            j += 1
        return j == one.length

    cdef Py_ssize_t next_at(
        self, const uint32_t* low, const uint16_t* pairs, Py_ssize_t i, Py_ssize_t length, int* out
    ) noexcept nogil:
        """The next place from ``i`` on where literals stand, ``length`` where there is none; how many and which into ``out``.

        ``pairs``: for each character its pair with the next one, with room for two more behind the last.
        """
        cdef uint32_t four
        cdef int found = 0
        cdef const uint8_t* ones = self.seen[0]
        cdef const uint8_t* twos = self.seen[1]
        cdef const uint8_t* fours = self.seen[2]
        while i < length:
            four = four_of(pairs[i], pairs[i + 2])
            if has_bit(ones, low[i] & 0xFFFF) | has_bit(twos, pairs[i]) | has_bit(fours, four):
                found = self.standing(0, low[i] & 0xFFFF, low + i, length - i, out, found)
                found = self.standing(1, pairs[i], low + i, length - i, out, found)
                found = self.standing(2, four, low + i, length - i, out, found)
                if found:
                    out[0] = found
                    return i
            i += 1
        return length

    cdef int standing(self, int kind, uint32_t h, const uint32_t* low, Py_ssize_t left, int* out, int found) noexcept nogil:
        cdef int k = self.first[kind][h % BUCKETS]
        while k >= 0:
            if self.stands_at(k, low, left):
                found += 1
                out[found] = k
            k = self.all[k].next
        return found

    cdef bint stands_in(self, int i, const uint32_t* low, Py_ssize_t length, const uint64_t* bloom) noexcept nogil:
        """Whether literal ``i`` stands anywhere in a line."""
        cdef Literal* one = self.all + i
        cdef Py_ssize_t j
        cdef uint32_t first
        for j in range(one.pairs_end):
            if not bloom[one.pairs[j] >> 12] >> (one.pairs[j] >> 6 & 63) & 1:
                return False
        if one.length == 0:
            return True
        first = one.chars[0]
        for j in range(length - one.length + 1):
            if low[j] == first and self.stands_at(i, low + j, length - j):
                return True
        return False


cdef class Finder:
    """Finds the lines that hold one of some literals, in one pass over a text.

    >>> Finder(["icon", "arrow-"]).lines("An Icon here\\n\\nnone\\nan arrow-left icon")
    [(0, 0), (1, 3), (0, 3)]
    """

    cdef Literals literals

    def __cinit__(self, literals):
        self.literals = Literals(list(literals))

    def lines(self, str text):
        """Number of a literal and number of a line, for each place where it stands in the folded text."""
        cdef Py_ssize_t length = len(text), i, begin = 0
        cdef int kind = PyUnicode_KIND(text), k, line = 0
        cdef void* data = PyUnicode_DATA(text)
        cdef uint32_t* low = <uint32_t*>malloc(sizeof(uint32_t) * (length + 1))
        cdef uint16_t* pairs = <uint16_t*>malloc(sizeof(uint16_t) * (length + 3))
        cdef int* at = <int*>malloc(sizeof(int) * (self.literals.longest + 2))
        cdef list out = []
        try:
            if low == NULL or pairs == NULL or at == NULL:
                raise MemoryError
            for i in range(length):
                low[i] = low_of(PyUnicode_READ(kind, data, i))
                if i:
                    pairs[i - 1] = pair_of(low[i - 1], low[i])
            pairs[length] = pairs[length + 1] = 0
            if length:
                pairs[length - 1] = 0
            i = self.literals.next_at(low, pairs, 0, length, at)
            while i < length:
                while begin < i:
                    line += low[begin] == 10
                    begin += 1
                for k in range(at[0]):
                    out.append((at[1 + k], line))
                i = self.literals.next_at(low, pairs, i + 1, length, at)
        finally:
            free(low)
            free(pairs)
            free(at)
        return out


# ---------------------------------------------------------------- the whole

cdef struct Hit:
    int number
    int longest
    int kind  # HEAD, TAIL: a span at that side of the line; LINE, BLOCK: all of it


cdef enum:
    BLOCK, LINE, HEAD, TAIL


cdef class _Scratch:
    """What one call needs to note; never shared between threads."""

    cdef uint32_t* low
    cdef uint16_t* pairs
    cdef Py_ssize_t room
    cdef uint32_t* whole  # line at which a number was noted
    cdef uint32_t* first
    cdef uint32_t* mark
    cdef int* whole_list
    cdef int* first_list
    cdef int whole_size, first_size
    cdef uint32_t* literal  # line at which a literal was looked for: twice its number, and one more where it is there
    cdef uint32_t line
    cdef int* at  # how many cues begin at one place, and which: no two are of the same length

    def __cinit__(self, int numbers, int literals, int longest):
        self.at = <int*>malloc((longest + 1) * sizeof(int))
        self.whole = <uint32_t*>calloc(numbers + 1, sizeof(uint32_t))
        self.first = <uint32_t*>calloc(numbers + 1, sizeof(uint32_t))
        self.mark = <uint32_t*>calloc(numbers + 1, sizeof(uint32_t))
        self.whole_list = <int*>malloc((numbers + 1) * sizeof(int))
        self.first_list = <int*>malloc((numbers + 1) * sizeof(int))
        self.literal = <uint32_t*>calloc(literals + 1, sizeof(uint32_t))
        if not (self.at and self.whole and self.first and self.mark and self.whole_list and self.first_list and self.literal):
            raise MemoryError

    def __dealloc__(self):
        free(self.at)
        free(self.low)
        free(self.pairs)
        free(self.whole)
        free(self.first)
        free(self.mark)
        free(self.whole_list)
        free(self.first_list)
        free(self.literal)

    cdef int reserve(self, Py_ssize_t length) except -1:
        if length > self.room:
            free(self.low)
            free(self.pairs)
            self.room = 0
            self.pairs = NULL
            self.low = <uint32_t*>malloc(sizeof(uint32_t) * 2 * length)
            self.pairs = <uint16_t*>malloc(sizeof(uint16_t) * (2 * length + 2))
            if self.low == NULL or self.pairs == NULL:
                raise MemoryError
            self.room = 2 * length
        return 0

    cdef inline void add_whole(self, int n) noexcept nogil:
        if self.whole[n] != self.line:
            self.whole[n] = self.line
            self.whole_list[self.whole_size] = n
            self.whole_size += 1

    cdef inline void add_first(self, int n) noexcept nogil:
        if self.first[n] != self.line:
            self.first[n] = self.line
            self.first_list[self.first_size] = n
            self.first_size += 1


cdef class Scanner:
    """Patterns filed as in :class:`cleaner.index.Index`, from which it is made."""

    cdef Keys heads, tails
    cdef Literals cues, needed
    cdef Hit* hits
    cdef int* hits_at  # for each cue twice: where its hits begin, as a whole word and inside of a longer one
    cdef int* longest
    cdef uint8_t* kinds
    cdef int* needs  # literals of all sets
    cdef int* sets_at  # where each set begins
    cdef int* needs_at  # for each number: its first set
    cdef int numbers
    cdef object first_segment, made, nothing
    cdef Py_ssize_t longest_split
    cdef list free

    def __cinit__(self, *, dict both_heads, dict heads, dict both_tails, dict tails, object numbers, list filed, dict needs,
                  dict cues, object first_segment, Py_ssize_t longest_split, object made, object nothing):
        """``filed``: number, kind, side and longest line of each pattern; ``cues``: cue -> what it leads to as a whole word
        and inside of a longer one, each a list of such patterns or None; ``made``: what is called with two sets of numbers
        for a line, ``nothing`` what stands for two empty ones."""
        cdef int n, at, i
        self.heads = Keys(both_heads, heads, numbers)
        self.tails = Keys(both_tails, tails, numbers)
        self.first_segment, self.longest_split, self.made, self.nothing = first_segment, longest_split, made, nothing
        self.free = []
        self.numbers = 1 + max((f.number for f in filed), default=0)
        self.longest = <int*>calloc(self.numbers, sizeof(int))
        self.kinds = <uint8_t*>calloc(self.numbers, sizeof(uint8_t))
        self.needs_at = <int*>calloc(self.numbers + 1, sizeof(int))
        literals = list(dict.fromkeys(literal for sets in needs.values() for one_of in sets for literal in one_of))
        number_of = {literal: i for i, literal in enumerate(literals)}
        self.needed = Literals(literals)
        self.needs = <int*>malloc(sizeof(int) * (1 + sum(len(s) for sets in needs.values() for s in sets)))
        self.sets_at = <int*>calloc(1 + sum(map(len, needs.values())), sizeof(int))
        self.cues = Literals(list(cues))
        self.hits_at = <int*>calloc(2 * len(cues) + 1, sizeof(int))
        self.hits = <Hit*>malloc(sizeof(Hit) * (1 + sum(len(found or ()) for pair in cues.values() for found in pair)))
        if not (self.longest and self.kinds and self.needs_at and self.needs and self.sets_at and self.hits_at and self.hits):
            raise MemoryError
        for f in filed:
            self.longest[f.number] = f.longest
            self.kinds[f.number] = self._kind(f)
        at = i = 0
        for n in range(self.numbers):
            self.needs_at[n] = i
            for one_of in needs.get(n, ()):
                for literal in one_of:
                    self.needs[at] = number_of[literal]
                    at += 1
                i += 1
                self.sets_at[i] = at
        self.needs_at[self.numbers] = i
        at = i = 0
        for pair in cues.values():
            for found in pair:
                for f in found or ():
                    self.hits[at].number, self.hits[at].longest, self.hits[at].kind = f.number, f.longest, self._kind(f)
                    at += 1
                i += 1
                self.hits_at[i] = at

    def __dealloc__(self):
        free(self.hits)
        free(self.hits_at)
        free(self.longest)
        free(self.kinds)
        free(self.needs)
        free(self.sets_at)
        free(self.needs_at)

    def _kind(self, f):
        if f.kind == "span":
            return TAIL if f.at == "end" else HEAD
        return LINE if f.kind == "line" else BLOCK

    def look_up(self, list parts, dict known):
        """Enter into ``known`` what is worth trying on each of the lines ``parts``."""
        cdef _Scratch s
        try:
            s = self.free.pop()
        except IndexError:
            s = _Scratch(self.numbers, self.needed.size, self.cues.longest)
        if s.line > 0x70000000:  # the notes of old lines would be taken for new ones
            s = _Scratch(self.numbers, self.needed.size, self.cues.longest)
        for part in parts:
            known[part] = self.of_line(part, s)
        self.free.append(s)

    cdef object of_line(self, str part, _Scratch s):
        cdef Py_ssize_t length = len(part), left = 0, right, i, j, segment
        cdef int kind = PyUnicode_KIND(part)
        cdef void* data = PyUnicode_DATA(part)
        cdef uint64_t bloom[BLOOM]
        cdef uint32_t head[SIZE]
        cdef uint32_t tail[SIZE]
        cdef Key* begun[SIZE]
        cdef Key* ended[SIZE]
        cdef uint32_t c, low, last
        cdef int head_size = 0, tail_size = 0, heads, tails, k, n
        cdef Hit* hit
        cdef uint32_t* line
        if length == 0:
            return self.nothing
        s.reserve(length)
        line = s.low
        s.line += 1
        s.whole_size = s.first_size = 0
        memset(bloom, 0, sizeof(bloom))
        last = 0
        for i in range(length):
            c = PyUnicode_READ(kind, data, i)
            low = low_of(c)
            line[i] = low
            if i:
                k = pair_of(last, low)
                s.pairs[i - 1] = k
                bloom[k >> 12] |= <uint64_t>1 << (k >> 6 & 63)
            last = low
        s.pairs[length - 1] = s.pairs[length] = s.pairs[length + 1] = 0
        right = length
        while right and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, right - 1)):
            right -= 1
        while left < right and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, left)):
            left += 1
        # -- first and last letters
        for i in range(length):
            c = key_of(PyUnicode_READ(kind, data, i))
            if c != 32 or (head_size and head[head_size - 1] != 32):
                head[head_size] = c
                head_size += 1
                if head_size == SIZE:
                    break
        tail_size = self.tail_key(kind, data, 0, length, tail)
        heads = self.heads.under(head, head_size, begun)
        tails = self.tails.under(tail, tail_size, ended)
        segment = -1  # not asked for yet; where the first segment ends, 0 where there is only one
        if heads:
            for k in range(heads):
                for j in range(begun[k].alone, begun[k].alone_end):
                    self.add_line(s, self.heads.numbers[j], right - left)
                for j in range(begun[k].both, begun[k].both_end):
                    s.mark[self.heads.numbers[j]] = s.line
            for k in range(tails):
                for j in range(ended[k].both, ended[k].both_end):
                    n = self.tails.numbers[j]
                    if s.mark[n] == s.line:
                        self.add_line(s, n, right - left)
            segment = self.segment_end(part, kind, data, length, left, right)
            if segment > 0:
                self.of_first_segment(s, kind, data, left, left if segment > length else segment, begun, heads)
        for k in range(tails):
            for j in range(ended[k].alone, ended[k].alone_end):
                self.add_line(s, self.tails.numbers[j], right - left)
        # -- cues
        i = 0
        while True:
            i = self.cues.next_at(line, s.pairs, i, length, s.at)
            if i >= length:
                break
            for k in range(s.at[0]):
                j = i + self.cues.all[s.at[1 + k]].length
                n = 2 * s.at[1 + k] + is_inside(line, length, i, j)
                hit = self.hits + self.hits_at[n]
                while hit < self.hits + self.hits_at[n + 1]:
                    if hit.kind == TAIL:
                        if i >= right - hit.longest - BESIDE:
                            s.add_whole(hit.number)
                    elif hit.kind == HEAD:
                        if j <= left + hit.longest:
                            s.add_whole(hit.number)
                    else:
                        if right - left <= hit.longest:
                            s.add_whole(hit.number)
                        if hit.kind == LINE:
                            if segment < 0:
                                segment = self.segment_end(part, kind, data, length, left, right)
                            if j <= segment and segment - left <= hit.longest:
                                s.add_first(hit.number)
                    hit += 1
            i += 1
        if not s.whole_size and not s.first_size:
            return self.nothing
        whole = self.holding(s, s.whole_list, s.whole_size, length, bloom)
        first = self.holding(s, s.first_list, s.first_size, length, bloom)
        return self.made(whole, first) if whole or first else self.nothing

    cdef inline void add_line(self, _Scratch s, int n, Py_ssize_t length) noexcept nogil:
        if length <= self.longest[n] or self.kinds[n] >= HEAD:
            s.add_whole(n)

    cdef Py_ssize_t segment_end(self, str part, int kind, void* data, Py_ssize_t length, Py_ssize_t left, Py_ssize_t right) except -1:
        """Where the first segment of a line ends, as :func:`cleaner.index.first_segment` has it, which is asked about odd lines.

        0 where there is only one; more than the line's length where a separator comes first.
        """
        cdef Py_ssize_t i, end = -1
        cdef uint32_t c
        if length > self.longest_split:
            return 0
        for i in range(right):
            if not Py_UNICODE_ISPRINTABLE(PyUnicode_READ(kind, data, i)):
                found = self.first_segment(part)
                return 0 if found is None else left + len(<str>found) if found else length + 1
        for i in range(right):
            c = PyUnicode_READ(kind, data, i)
            if c in (0x7C, 0x2022, 0xB7):  # | • ·
                end = i
            elif c in (0x3002, 0xFF01, 0xFF1F):  # full-width ends of a sentence
                if i + 1 == right:
                    return 0
                end = i + 1
            elif i + 1 == right or PyUnicode_READ(kind, data, i + 1) != 32:
                continue
            elif c in (0x2E, 0x21, 0x3F, 0x2026):  # . ! ? …
                end = i + 1
            elif c in (0x2F, 0x2D, 0x2013, 0x2014) and i and PyUnicode_READ(kind, data, i - 1) == 32:  # / - – —
                end = i
            else:
                continue
            while end > left and Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, end - 1)):
                end -= 1
            return end if end > left else length + 1
        return 0

    cdef int tail_key(self, int kind, void* data, Py_ssize_t start, Py_ssize_t end, uint32_t* out) except -1:
        """Write the key of a text's end to ``out``; how many characters it has."""
        cdef Py_ssize_t i = end - 1
        cdef int size = 0
        cdef uint32_t c
        while i >= start and size < SIZE:
            c = key_of(PyUnicode_READ(kind, data, i))
            if c != 32 or (size and out[size - 1] != 32):
                out[size] = c
                size += 1
            i -= 1
        return size

    cdef int of_first_segment(
        self, _Scratch s, int kind, void* data, Py_ssize_t start, Py_ssize_t end, Key** begun, int heads
    ) except -1:
        """Note the line patterns that may match the first segment of a line; an empty one: a separator comes first."""
        cdef uint32_t tail[SIZE]
        cdef Key* ended[SIZE]
        cdef Py_ssize_t length = end - start
        cdef int k, j, n, tails = 0
        if length:
            n = self.tail_key(kind, data, start, end, tail)
            tails = self.tails.under(tail, n, ended)
        for k in range(heads):
            for j in range(begun[k].alone, begun[k].alone_end):
                self.add_segment(s, self.heads.numbers[j], length)
            if not length:
                for j in range(begun[k].both, begun[k].both_end):
                    self.add_segment(s, self.heads.numbers[j], length)
        for k in range(tails):
            for j in range(ended[k].both, ended[k].both_end):
                n = self.tails.numbers[j]
                if s.mark[n] == s.line:
                    self.add_segment(s, n, length)
        return 0

    cdef inline void add_segment(self, _Scratch s, int n, Py_ssize_t length) noexcept nogil:
        if self.kinds[n] == LINE and length <= self.longest[n]:
            s.add_first(n)

    cdef object holding(self, _Scratch s, int* numbers, int size, Py_ssize_t length, const uint64_t* bloom):
        """Those of the numbers whose literals stand in the line."""
        cdef int i, n, one, a, b
        cdef bint there
        cdef list out = []
        for i in range(size):
            n = numbers[i]
            there = True
            for one in range(self.needs_at[n], self.needs_at[n + 1]):
                there = False
                for a in range(self.sets_at[one], self.sets_at[one + 1]):
                    b = self.needs[a]
                    if s.literal[b] >> 1 != s.line:
                        s.literal[b] = s.line << 1 | self.needed.stands_in(b, s.low, length, bloom)
                    if s.literal[b] & 1:
                        there = True
                        break
                if not there:
                    break
            if there:
                out.append(n)
        return frozenset(out)


cdef inline bint is_inside(const uint32_t* low, Py_ssize_t length, Py_ssize_t start, Py_ssize_t end) noexcept:
    """Whether what stands there is part of a longer word."""
    return (start and Py_UNICODE_ISALNUM(low[start]) and Py_UNICODE_ISALNUM(low[start - 1])) or (
        end < length and Py_UNICODE_ISALNUM(low[end - 1]) and Py_UNICODE_ISALNUM(low[end])
    )

