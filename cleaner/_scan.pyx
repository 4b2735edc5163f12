# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The compiled form of :meth:`cleaner.index.Index.look_up`: the same answers, some twenty times as fast.

Every line is read once, character by character: its first and last letters are looked up in hash tables,
the cues are found by the hash of their first few characters (after Karp and Rabin, "Efficient randomized
pattern-matching algorithms", IBM J. Res. Dev. 31, 1987), and of the patterns that this leads to those stay
whose literals stand in the line, which a Bloom filter over its pairs of characters mostly tells. What a line
is lives in :mod:`cleaner.index`, in Python; a test holds the two against each other.
"""

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
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

cdef enum:
    SIZE = 8  # characters of a key, as in cleaner.edges
    GRAM = 4  # so many first characters of a cue are hashed
    BITS = 65536
    BUCKETS = 4096
    BLOOM = 16  # words of 64 bits
    PLANE = 65536

cdef uint32_t UNKNOWN = 0xFFFFFFFF
cdef Py_ssize_t BESIDE = _BESIDE

# ---------------------------------------------------------------- characters

# What Python makes of each character, asked for when it is first met.
cdef uint32_t _low[PLANE]
cdef uint32_t _keys[PLANE]
memset(_low, 0xFF, sizeof(_low))
memset(_keys, 0xFF, sizeof(_keys))


cdef uint32_t _ask_low(uint32_t c) except? 0xFFFFFFFF:
    cdef str folded = fold(chr(c))
    if c < PLANE:
        _low[c] = ord(folded)
    return <uint32_t>ord(folded)


cdef uint32_t _ask_key(uint32_t c) except? 0xFFFFFFFF:
    cdef str found = _key_char(chr(c))
    if c < PLANE:
        _keys[c] = ord(found)
    return <uint32_t>ord(found)


cdef inline uint32_t low_of(uint32_t c) except? 0xFFFFFFFF:
    return _low[c] if c < PLANE and _low[c] != UNKNOWN else _ask_low(c)


cdef inline uint32_t key_of(uint32_t c) except? 0xFFFFFFFF:
    return _keys[c] if c < PLANE and _keys[c] != UNKNOWN else _ask_key(c)


cdef inline uint64_t mixed(uint64_t h, uint32_t c) noexcept nogil:
    return (h ^ c) * <uint64_t>0x9E3779B97F4A7C15


cdef inline uint32_t pair_of(uint32_t a, uint32_t b) noexcept nogil:
    return <uint32_t>((a * 31 + b) * <uint32_t>0x9E3779B1) >> 22  # of 10 bits


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
    cdef int size
    cdef uint32_t* chars
    # By how many characters are hashed (a literal's length, four at most): which hashes there are, and who has them.
    cdef uint8_t seen[5][8192]
    cdef int32_t first[5][4096]
    cdef bint has[5]

    def __cinit__(self, list literals):
        cdef int i, j, at = 0, gram
        cdef uint64_t h
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
            h, gram = 0, min(GRAM, one.length)
            for j in range(one.length):
                self.chars[at] = text[j]
                if j < gram:
                    h = mixed(h, text[j])
                if 0 < j <= SIZE:
                    one.pairs[j - 1] = pair_of(text[j - 1], text[j])
                    one.pairs_end = j
                at += 1
            if gram:
                self.has[gram] = True
                self.seen[gram][(h >> 48) >> 3] |= 1 << ((h >> 48) & 7)
                one.next = self.first[gram][(h >> 48) % BUCKETS]
                self.first[gram][(h >> 48) % BUCKETS] = i

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

    cdef bint stands_in(self, int i, const uint32_t* low, Py_ssize_t length, const uint64_t* bloom) noexcept nogil:
        """Whether literal ``i`` stands anywhere in a line."""
        cdef Literal* one = self.all + i
        cdef Py_ssize_t j
        cdef uint32_t first
        for j in range(one.pairs_end):
            if not bloom[one.pairs[j] >> 6] >> (one.pairs[j] & 63) & 1:
                return False
        if one.length == 0:
            return True
        first = one.chars[0]
        for j in range(length - one.length + 1):
            if low[j] == first and self.stands_at(i, low + j, length - j):
                return True
        return False


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
    cdef Py_ssize_t room
    cdef uint32_t* whole  # line at which a number was noted
    cdef uint32_t* first
    cdef uint32_t* mark
    cdef int* whole_list
    cdef int* first_list
    cdef int whole_size, first_size
    cdef uint32_t* literal  # line at which a literal was looked for: twice its number, and one more where it is there
    cdef uint32_t line

    def __cinit__(self, int numbers, int literals):
        self.whole = <uint32_t*>calloc(numbers + 1, sizeof(uint32_t))
        self.first = <uint32_t*>calloc(numbers + 1, sizeof(uint32_t))
        self.mark = <uint32_t*>calloc(numbers + 1, sizeof(uint32_t))
        self.whole_list = <int*>malloc((numbers + 1) * sizeof(int))
        self.first_list = <int*>malloc((numbers + 1) * sizeof(int))
        self.literal = <uint32_t*>calloc(literals + 1, sizeof(uint32_t))
        if not (self.whole and self.first and self.mark and self.whole_list and self.first_list and self.literal):
            raise MemoryError

    def __dealloc__(self):
        free(self.low)
        free(self.whole)
        free(self.first)
        free(self.mark)
        free(self.whole_list)
        free(self.first_list)
        free(self.literal)

    cdef int reserve(self, Py_ssize_t length) except -1:
        if length > self.room:
            free(self.low)
            self.room = 0
            self.low = <uint32_t*>malloc(sizeof(uint32_t) * 2 * length)
            if self.low == NULL:
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
            s = _Scratch(self.numbers, self.needed.size)
        if s.line > 0x70000000:  # the notes of old lines would be taken for new ones
            s = _Scratch(self.numbers, self.needed.size)
        for part in parts:
            known[part] = self.of_line(part, s)
        self.free.append(s)

    cdef object of_line(self, str part, _Scratch s):
        cdef Py_ssize_t length = len(part), left = 0, right, i, j, segment, segment_length
        cdef int kind = PyUnicode_KIND(part)
        cdef void* data = PyUnicode_DATA(part)
        cdef uint64_t bloom[BLOOM]
        cdef uint32_t head[SIZE]
        cdef uint32_t tail[SIZE]
        cdef Key* begun[SIZE]
        cdef Key* ended[SIZE]
        cdef uint32_t c, low, last
        cdef int head_size = 0, tail_size = 0, heads, tails, k, n, gram
        cdef uint64_t h
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
            k = pair_of(last, low)
            bloom[k >> 6] |= <uint64_t>1 << (k & 63)
            last = low
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
        tail_size = self.tail_key(kind, data, length, tail)
        heads = self.heads.under(head, head_size, begun)
        tails = self.tails.under(tail, tail_size, ended)
        segment = -1  # not asked for yet; where the first segment ends, 0 where there is only one
        segment_length = 0
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
            if length <= self.longest_split:
                found = self.first_segment(part)
                segment = 0 if found is None else left + len(<str>found) if found else length + 1
                if found is not None:
                    self.of_first_segment(s, <str>found, begun, heads)
        for k in range(tails):
            for j in range(ended[k].alone, ended[k].alone_end):
                self.add_line(s, self.tails.numbers[j], right - left)
        # -- cues
        for i in range(length):
            h = 0
            for gram in range(1, GRAM + 1):
                if i + gram > length:
                    break
                h = mixed(h, line[i + gram - 1])
                if not self.cues.has[gram] or not self.cues.seen[gram][(h >> 48) >> 3] >> ((h >> 48) & 7) & 1:
                    continue
                k = self.cues.first[gram][(h >> 48) % BUCKETS]
                while k >= 0:
                    if self.cues.stands_at(k, line + i, length - i):
                        j = i + self.cues.all[k].length
                        n = 2 * k + is_inside(line, length, i, j)
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
                                        segment = 0
                                        if length <= self.longest_split:
                                            found = self.first_segment(part)
                                            if found is not None:
                                                segment = left + len(<str>found) if found else length + 1
                                    if j <= segment and segment - left <= hit.longest:
                                        s.add_first(hit.number)
                            hit += 1
                    k = self.cues.all[k].next
        if not s.whole_size and not s.first_size:
            return self.nothing
        whole = self.holding(s, s.whole_list, s.whole_size, length, bloom)
        first = self.holding(s, s.first_list, s.first_size, length, bloom)
        return self.made(whole, first) if whole or first else self.nothing

    cdef inline void add_line(self, _Scratch s, int n, Py_ssize_t length) noexcept nogil:
        if length <= self.longest[n] or self.kinds[n] >= HEAD:
            s.add_whole(n)

    cdef int tail_key(self, int kind, void* data, Py_ssize_t length, uint32_t* out) except -1:
        """Write the key of a text's end to ``out``; how many characters it has."""
        cdef Py_ssize_t i = length - 1
        cdef int size = 0
        cdef uint32_t c
        while i >= 0 and size < SIZE:
            c = key_of(PyUnicode_READ(kind, data, i))
            if c != 32 or (size and out[size - 1] != 32):
                out[size] = c
                size += 1
            i -= 1
        return size

    cdef int of_first_segment(self, _Scratch s, str segment, Key** begun, int heads) except -1:
        """Note the line patterns that may match the first segment of a line; an empty one: a separator comes first."""
        cdef uint32_t tail[SIZE]
        cdef Key* ended[SIZE]
        cdef Py_ssize_t length = len(segment)
        cdef int k, j, n, tails = 0
        if length:
            n = self.tail_key(PyUnicode_KIND(segment), PyUnicode_DATA(segment), length, tail)
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

