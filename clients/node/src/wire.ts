/**
 * The protobuf encoding, as much of it as the gateway's messages need: varints, text, bytes, nested messages and maps
 * of text. What has its default value is not written; what is not known is skipped.
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const TWO_32 = 0x1_0000_0000;
const FIRST_SIZE = 256;
const MAX_DEPTH = 16;

/** Writes one message. */
export class Writer {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE);
  #length = 0;

  /** What was written. The writer is not used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  string(field: number, value: string | undefined): void {
    if (value) this.#text(field, value);
  }

  bytes(field: number, value: Uint8Array | undefined): void {
    if (value && value.length > 0) this.#chunk(field, value);
  }

  bool(field: number, value: boolean | undefined): void {
    if (value) {
      this.#varint((field << 3) | VARINT);
      this.#varint(1);
    }
  }

  /** For all whole numbers: int32, int64 and enumerations. */
  int(field: number, value: number | undefined): void {
    if (!value) return;
    this.#varint((field << 3) | VARINT);
    if (value > 0) this.#varint(value);
    else this.#negative(value);
  }

  message<T>(field: number, value: T | undefined, write: (to: Writer, value: T) => void): void {
    if (value === undefined) return;
    const nested = new Writer();
    write(nested, value);
    this.#chunk(field, nested.finish());
  }

  /** An entry that has its default value counts as one, unlike a field. */
  messages<T>(field: number, values: readonly T[] | undefined, write: (to: Writer, value: T) => void): void {
    for (const value of values ?? []) this.message(field, value, write);
  }

  strings(field: number, values: readonly string[] | undefined): void {
    for (const value of values ?? []) this.#text(field, value);
  }

  map(field: number, entries: Readonly<Record<string, string>> | undefined): void {
    if (!entries) return;
    for (const key of Object.keys(entries)) {
      const entry = new Writer();
      entry.string(1, key);
      entry.string(2, entries[key]);
      this.#chunk(field, entry.finish());
    }
  }

  #text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#varint((field << 3) | LENGTH_DELIMITED);
    this.#varint(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length);
  }

  #chunk(field: number, value: Uint8Array): void {
    this.#varint((field << 3) | LENGTH_DELIMITED);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= TWO_32 / 2) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #negative(value: number): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 127n) | 128;
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Reads one message. What cannot be one throws an `Error`. */
export class Reader {
  readonly #bytes: Buffer;
  #position: number;
  #end: number;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#position = 0;
    this.#end = bytes.length;
  }

  /** The next field's tag, 0 at the end of the message. */
  tag(): number {
    if (this.#position >= this.#end) return 0;
    const tag = this.#low32();
    if (tag >>> 3 === 0) throw new Error(`field number: 0 at byte ${this.#position} (expected: 1 or more)`);
    return tag;
  }

  string(): string {
    const start = this.#delimited();
    return this.#bytes.toString('utf8', start, this.#position);
  }

  /** Shares memory with what is read. */
  bytes(): Buffer {
    const start = this.#delimited();
    return this.#bytes.subarray(start, this.#position);
  }

  bool(): boolean {
    return this.int() !== 0;
  }

  /** For int32, int64 and enumerations; exact within 2 ** 53. */
  int(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 28) low |= (byte & 127) << shift;
      else if (shift === 28) {
        low |= (byte & 15) << 28;
        high |= (byte & 127) >> 4;
      } else high |= (byte & 127) << (shift - 32);
      if (byte < 128) return high * TWO_32 + (low >>> 0);
    }
    throw new Error(`number: more than 10 bytes before byte ${this.#position} (expected: 10 at most)`);
  }

  message<T>(read: (from: Reader) => T): T {
    const start = this.#delimited();
    const after = this.#position;
    const end = this.#end;
    if (++this.#depth > MAX_DEPTH) throw new Error(`messages in each other: more than ${MAX_DEPTH}`);
    this.#position = start;
    this.#end = after;
    const value = read(this);
    this.#end = end;
    this.#depth--;
    return value;
  }

  /** Reads one entry of a map. */
  entry(into: Record<string, string>): void {
    const { key, value } = this.message(readEntry);
    // A plain assignment of this name would set the prototype.
    if (key === '__proto__')
      Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
    else into[key] = value;
  }

  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.int();
        break;
      case FIXED64:
        this.#advance(8);
        break;
      case LENGTH_DELIMITED:
        this.#delimited();
        break;
      case FIXED32:
        this.#advance(4);
        break;
      default:
        throw new Error(`wire type: ${tag & 7} of field ${tag >>> 3} (expected: 0, 1, 2 or 5)`);
    }
  }

  #delimited(): number {
    const length = this.int();
    const start = this.#position;
    this.#advance(length);
    return start;
  }

  #advance(length: number): void {
    if (length < 0 || length > this.#end - this.#position) {
      throw new Error(`length: ${length} at byte ${this.#position} (expected: ${this.#end - this.#position} at most)`);
    }
    this.#position += length;
  }

  #low32(): number {
    return this.int() >>> 0;
  }

  #byte(): number {
    if (this.#position >= this.#end) throw new Error(`message: ends at byte ${this.#position}, within a field`);
    return this.#bytes[this.#position++]!;
  }
}

function readEntry(from: Reader): { key: string; value: string } {
  const entry = { key: '', value: '' };
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 10:
        entry.key = from.string();
        break;
      case 18:
        entry.value = from.string();
        break;
      default:
        from.skip(tag);
    }
  }
  return entry;
}
