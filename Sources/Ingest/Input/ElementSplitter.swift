// Finds the events of an array, or of objects that span lines, without parsing them.

import CKernels
import EvtCore

/// Splits text into elements: the members of arrays, and objects that stand behind each other.
///
/// Only brackets and quotes are followed, so that memory stays bounded however large the array is.
/// What is between elements is checked here, the elements themselves by the scanner.
final class ElementSplitter: ChunkSource {
  /// What may come next.
  private enum Expectation {
    /// An object or an array, at the top.
    case value
    /// The first element of an array, or its end.
    case elementOrEnd
    case element
    case commaOrEnd
  }

  private let filler: ChunkFiller
  private var expectation = Expectation.value
  private var walk = evt_json_walk()
  /// The kind of token that is open at the end of the chunk.
  private var openReason: UInt8?
  private var carry: Chunk?
  /// How much of `carry` was walked over.
  private var carryWalked = 0
  private var offset: UInt64
  private let elementBytesMax: Int
  /// Elements that end at or before this byte of the input were loaded before.
  private let loadedBytes: UInt64

  /// Creates a splitter for text whose first byte is number `offset` of the input.
  init(
    _ filler: ChunkFiller, offset: UInt64, loadedBytes: UInt64 = 0,
    elementBytesMax: Int = Limits.lineBytesMax
  ) {
    self.filler = filler
    self.offset = offset
    self.loadedBytes = loadedBytes
    self.elementBytesMax = elementBytesMax
  }

  func next() throws -> Chunk? {
    let chunk = carry ?? Chunk(form: .elements, capacity: filler.target)
    carry = nil
    // Where the open element begins (always 0 in a carried chunk), and up to where it was walked.
    var start: Int? = openReason == nil ? nil : 0
    var at = carryWalked
    carryWalked = 0
    var size = max(filler.target, chunk.count + 1)
    while true {
      try filler.fill(chunk, to: size)
      start = split(chunk, from: &at, open: start)
      let isLast = filler.isAtEnd && chunk.count < size
      if isLast { return finish(chunk, open: start) }
      if chunk.elements.count > 0 || start != 0 { return cut(chunk, at: start ?? chunk.count) }
      if chunk.count > elementBytesMax { return try passOver(chunk) }
      size = chunk.count + filler.target
    }
  }

  /// Splits from `at` on; returns where the element begins that is open at the end.
  private func split(_ chunk: Chunk, from at: inout Int, open: Int?) -> Int? {
    let bytes = Bytes(chunk.bytes)
    var start = open
    while at < chunk.count {
      if let begun = start {
        at += walkElement(bytes + at, chunk.count - at)
        if openReason != nil { return begun }
        add(chunk, Element(start: begun, end: at, reason: finishedReason))
        start = nil
        continue
      }
      let byte = bytes[at]
      if JSONText.isSpace(byte) {
        at += 1
      } else if let reason = separate(byte) {
        if reason != Element.isEvent { add(chunk, Element(start: at, end: at + 1, reason: reason)) }
        at += 1
      } else {
        start = at
        begin(byte)
      }
    }
    return start
  }

  // MARK: - Between elements

  /// Takes a byte that separates elements: returns `isEvent` when it is in its place, a reason when
  /// not, and nil when an element begins there.
  private func separate(_ byte: UInt8) -> UInt8? {
    switch (byte, expectation) {
    case (UInt8(ascii: "["), .value): expectation = .elementOrEnd
    case (UInt8(ascii: "]"), .elementOrEnd), (UInt8(ascii: "]"), .commaOrEnd): expectation = .value
    case (UInt8(ascii: ","), .commaOrEnd): expectation = .element
    case (UInt8(ascii: "]"), .element):
      expectation = .value
      return RejectReason.expectedValue.rawValue
    case (UInt8(ascii: ","), _), (UInt8(ascii: "]"), _), (UInt8(ascii: "}"), _):
      return RejectReason.expectedValue.rawValue
    default: return nil
    }
    return Element.isEvent
  }

  /// The reason that the element now ending is given.
  private var finishedReason: UInt8 = Element.isEvent

  private func begin(_ byte: UInt8) {
    // Behind an element only a comma may come; the element itself is refused then.
    let isMisplaced = expectation == .commaOrEnd
    openReason =
      isMisplaced ? RejectReason.expectedCommaOrBracket.rawValue : Element.isEvent
    walk = evt_json_walk()
    isScalar = byte != UInt8(ascii: "{") && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "\"")
    if expectation != .value { expectation = .commaOrEnd }
  }

  // MARK: - Inside of elements

  /// The open element is a number, a word or garbage, which ends before the next separator.
  private var isScalar = false
  /// The open element is a string: it ends with its quote.
  private var isString: Bool { walk.depth == 0 && walk.in_string != 0 }

  /// Walks on in the open element; when it ends, sets `openReason` to nil.
  private func walkElement(_ bytes: Bytes, _ count: Int) -> Int {
    var at = 0
    if isScalar {
      while at < count, !endsScalar(bytes[at]) { at += 1 }
      if at < count { endElement() }
      return at
    }
    if walk.depth == 0 { at = walkString(bytes, count) } else { at = 0 }
    guard openReason != nil, at < count else { return at }
    at += evt_json_walk_value(&walk, bytes + at, count - at)
    if walk.depth == 0, walk.in_string == 0 { endElement() }
    return at
  }

  /// Walks over a string that is an element of its own; 0 when the element is none.
  private func walkString(_ bytes: Bytes, _ count: Int) -> Int {
    var at = 0
    if walk.in_string == 0 {
      guard bytes[0] == UInt8(ascii: "\"") else { return 0 }
      walk.in_string = 1
      at = 1
    }
    while at < count {
      let byte = bytes[at]
      at += 1
      if walk.is_escaped != 0 {
        walk.is_escaped = 0
      } else if byte == UInt8(ascii: "\\") {
        walk.is_escaped = 1
      } else if byte == UInt8(ascii: "\"") {
        endElement()
        break
      }
    }
    return at
  }

  private func endsScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "{"),
      UInt8(ascii: "["), UInt8(ascii: "\""):
      true
    default: JSONText.isSpace(byte)
    }
  }

  private func endElement() {
    finishedReason = openReason ?? Element.isEvent
    openReason = nil
  }

  // MARK: - Chunks

  private func add(_ chunk: Chunk, _ element: Element) {
    guard offset + UInt64(element.end) > loadedBytes else { return }
    chunk.elements.append(element)
  }

  private func cut(_ chunk: Chunk, at place: Int) -> Chunk {
    if place < chunk.count {
      let rest = Chunk(form: .elements, capacity: filler.target)
      rest.append(chunk.bytes + place, count: chunk.count - place)
      carry = rest
      carryWalked = rest.count
      chunk.count = place
    }
    return seal(chunk)
  }

  private func finish(_ chunk: Chunk, open: Int?) -> Chunk? {
    if let open {
      // A scalar ends with the text; anything else lacks its end.
      let reason = isScalar ? openReason : RejectReason.unterminated.rawValue
      openReason = nil
      add(chunk, Element(start: open, end: chunk.count, reason: reason ?? Element.isEvent))
      if !isScalar { expectation = .value }
    }
    if expectation != .value {
      expectation = .value
      add(
        chunk,
        Element(
          start: chunk.count, end: chunk.count, reason: RejectReason.unterminated.rawValue))
    }
    return chunk.count > 0 || chunk.elements.count > 0 ? seal(chunk) : nil
  }

  private func seal(_ chunk: Chunk) -> Chunk {
    chunk.offset = offset
    offset += UInt64(chunk.count)
    chunk.seal()
    return chunk
  }

  /// Reads on to the end of the element that fills `chunk`, and keeps its beginning only.
  private func passOver(_ chunk: Chunk) throws -> Chunk {
    var hasher = Hasher128()
    var length = UInt64(chunk.count)
    hasher.add(UnsafeRawBufferPointer(start: chunk.bytes, count: chunk.count))
    var lines = evt_count_byte(chunk.bytes, chunk.count, InputForm.newline)
    while openReason != nil {
      let part = Chunk(form: .elements, capacity: filler.target)
      try filler.fill(part, to: filler.target)
      let end = part.count > 0 ? walkElement(Bytes(part.bytes), part.count) : 0
      hasher.add(UnsafeRawBufferPointer(start: part.bytes, count: end))
      length += UInt64(end)
      lines += evt_count_byte(part.bytes, end, InputForm.newline)
      if end < part.count {
        let rest = Chunk(form: .elements, capacity: filler.target)
        rest.append(part.bytes + end, count: part.count - end)
        carry = rest
      }
      if part.count < filler.target { break }
    }
    let kept = Chunk(
      form: .overlong(length: length, hash: hasher.finish(), lines: lines),
      capacity: Limits.rejectedTextBytesMax)
    kept.append(chunk.bytes, count: min(chunk.count, Limits.rejectedTextBytesMax))
    kept.offset = offset
    kept.seal()
    offset += length
    openReason = nil
    return kept
  }
}
