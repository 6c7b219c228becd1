// The hot loop: keys and values of an event and the objects in it.

import CKernels
import Columnar
import EvtCore

extension EventScanner {
  /// Scans the object whose first key is at `start` into the columns of the keys below `startNode`.
  /// Returns where it ends, or nil after a failure.
  ///
  /// Objects inside are walked without recursion: a key knows the object it stands in.
  mutating func scanObject(_ start: Bytes, _ end: Bytes, node startNode: Int32) -> Bytes? {
    var at = start
    var node = startNode
    var previous: Int32 = -1
    var predicted = tree.nodes.base[Int(node)].first
    while true {
      guard let key = scanKey(&at, end, node: node, behind: previous, guess: predicted) else {
        return nil
      }
      previous = key
      predicted = tree.keys.base[Int(key)].next
      switch at[0] {
      case UInt8(ascii: "\""):
        guard scanText(key, &at, end) else { return nil }
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard scanNumber(key, &at) else { return nil }
      case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
        guard scanWord(key, &at) else { return nil }
      case UInt8(ascii: "{"):
        let depth = Int(tree.nodes.base[Int(node)].depth)
        if let inner = enterObject(key, &at, end, depth: depth) {
          node = inner
          previous = -1
          predicted = tree.nodes.base[Int(node)].first
          continue
        }
        if failedAt != nil { return nil }
      case UInt8(ascii: "["):
        let depth = Int(tree.nodes.base[Int(node)].depth)
        guard storeJSON(key, &at, end, depth: depth) else { return nil }
      default:
        fail(at < end ? .expectedValue : .unterminated, at)
        return nil
      }
      // Another key, or the end of this object and perhaps of those around it.
      while true {
        if at[0] <= 0x20 { JSONText.skipSpace(&at, end) }
        if at[0] == UInt8(ascii: ",") { break }
        guard at[0] == UInt8(ascii: "}") else {
          fail(at < end ? .expectedCommaOrBrace : .unterminated, at)
          return nil
        }
        at += 1
        if node == startNode { return at }
        previous = tree.nodes.base[Int(node)].owner
        node = tree.keys.base[Int(previous)].node
        predicted = tree.keys.base[Int(previous)].next
      }
      at += 1
      if at[0] <= 0x20 { JSONText.skipSpace(&at, end) }
    }
  }

  // MARK: - Keys

  /// Moves past a key and its colon to the value, and notes that the event has the key.
  @inline(__always)
  private mutating func scanKey(
    _ at: inout Bytes, _ end: Bytes, node: Int32, behind previous: Int32, guess: Int32
  ) -> Int32? {
    var key = guess
    if key >= 0, matches(key, at) {
      at += 1 + Int(tree.keys.base[Int(key)].matchLength)
    } else {
      let other = tree.otherGuess(in: node, behind: previous)
      if other >= 0, matches(other, at) {
        at += 1 + Int(tree.keys.base[Int(other)].matchLength)
        key = other
      } else {
        guard let found = findKey(&at, end, node) else { return nil }
        key = found
      }
      tree.predict(key, behind: previous)
    }
    let entry = tree.keys.base + Int(key)
    if entry.pointee.stamp == stamp { forget(key) }
    guard rowKeyCount &+ rowInnerKeys < Limits.keysPerEventMax else {
      fail(.tooManyKeys, at)
      return nil
    }
    entry.pointee.stamp = stamp
    entry.pointee.order = Int32(truncatingIfNeeded: rowKeyCount)
    rowKeys[rowKeyCount] = key
    rowKeyCount += 1
    if at[0] <= 0x20 { JSONText.skipSpace(&at, end) }
    return key
  }

  /// Whether `key` stands at `at` as it stood before: quotes and colon without space between.
  @inline(__always)
  private func matches(_ key: Int32, _ at: Bytes) -> Bool {
    let entry = tree.keys.base + Int(key)
    return at[0] == UInt8(ascii: "\"")
      && evt_same_bytes(
        at + 1, tree.text.base + Int(entry.pointee.textAt), Int(entry.pointee.matchLength)) != 0
  }

  /// Reads a key that was not guessed, and moves past its colon.
  @inline(never)
  private mutating func findKey(_ at: inout Bytes, _ end: Bytes, _ node: Int32) -> Int32? {
    guard at[0] == UInt8(ascii: "\"") else {
      fail(at < end ? .expectedKey : .unterminated, at)
      return nil
    }
    let start = at
    var bytes = at + 1
    let (length, isASCII) = JSONText.span(bytes)
    var count = length
    let isPlain = bytes[length] == UInt8(ascii: "\"")
    let (kept, keptUsed) = (scratch, scratchUsed)
    if isPlain, isASCII || evt_is_utf8(bytes, length) != 0 {
      at = bytes + length + 1
    } else {
      guard let decoded = decode(&at, end, &count) else { return nil }
      bytes = decoded
    }
    JSONText.skipSpace(&at, end)
    guard at[0] == UInt8(ascii: ":") else {
      fail(at < end ? .expectedColon : .unterminated, at)
      return nil
    }
    at += 1
    let key = tree.key(
      UnsafeBufferPointer(start: bytes, count: count), in: node, isPlain: isPlain)
    if scratch == kept { scratchUsed = keptUsed }
    if key == nil { fail(.pathTooLong, start) }
    return key
  }

  // MARK: - Scalars

  /// Stores the string at `at`.
  @inline(__always)
  private mutating func scanText(_ key: Int32, _ at: inout Bytes, _ end: Bytes) -> Bool {
    var text = at + 1
    let (length, isASCII) = JSONText.span(text)
    var count = length
    if text[length] == UInt8(ascii: "\""), isASCII || evt_is_utf8(text, length) != 0 {
      at = text + length + 1
    } else {
      guard let decoded = decode(&at, end, &count) else { return false }
      text = decoded
    }
    guard count <= Limits.textBytesMax else {
      fail(.textTooLong, at - 1)
      return false
    }
    let entry = tree.keys.base + Int(key)
    let column = entry.pointee.column
    if column >= 0, !entry.pointee.isProperties {
      let bytes = UnsafeRawBufferPointer(start: text, count: count)
      _ = batch.columns[Int(column)].set(row: batch.rowCount, kind: .text, text: bytes)
      return true
    }
    if entry.pointee.isProperties, let isStored = storeProperties(key, text, count) {
      return isStored
    }
    store(key, kind: .text, bits: 0, text: text, count: count)
    return true
  }

  /// Stores the number at `at`.
  @inline(__always)
  private mutating func scanNumber(_ key: Int32, _ at: inout Bytes) -> Bool {
    let lexeme = NumberText.scan(at)
    guard lexeme.length > 0, lexeme.length <= Limits.textBytesMax else {
      fail(lexeme.length > 0 ? .textTooLong : .badNumber, at)
      return false
    }
    let kind: ValueKind =
      switch lexeme.kind {
      case .int: .int
      case .double: .double
      case .decimal: .decimal
      }
    let column = tree.keys.base[Int(key)].column
    if column >= 0, kind != .decimal {
      _ = batch.columns[Int(column)].set(row: batch.rowCount, kind: kind, bits: lexeme.bits)
    } else {
      store(key, kind: kind, bits: lexeme.bits, text: at, count: lexeme.length)
    }
    at += lexeme.length
    return true
  }

  /// Stores the word `true`, `false` or `null` at `at`.
  @inline(__always)
  private mutating func scanWord(_ key: Int32, _ at: inout Bytes) -> Bool {
    let word = at
    guard JSONText.skipWord(&at) else {
      fail(.badLiteral, at)
      return false
    }
    let kind: ValueKind = word[0] == UInt8(ascii: "n") ? .null : .bool
    let bits: UInt64 = word[0] == UInt8(ascii: "t") ? 1 : 0
    let column = tree.keys.base[Int(key)].column
    if column >= 0 {
      _ = batch.columns[Int(column)].set(row: batch.rowCount, kind: kind, bits: bits)
    } else {
      store(key, kind: kind, bits: bits, text: word, count: at - word)
    }
    return true
  }

  /// Decodes the string with escapes (or with wrong bytes) at `at`.
  @inline(never)
  private mutating func decode(_ at: inout Bytes, _ end: Bytes, _ count: inout Int) -> Bytes? {
    let start = takeScratch(end - at)
    switch JSONText.decodeString(&at, end, into: start) {
    case .success(let written):
      count = written
      shrinkScratch(start, to: written)
      return Bytes(start)
    case .failure(let failure):
      fail(failure.reason, at)
      return nil
    }
  }

  /// Stores a scalar of a key without a column of its own yet.
  @inline(__always)
  private mutating func store(
    _ key: Int32, kind: ValueKind, bits: UInt64, text: Bytes, count: Int
  ) {
    let slot = tree.keys.base[Int(key)].slot
    if slot >= 0 {
      capture(slot: slot, key: key, kind: kind, bits: bits, text: text, count: count)
    } else {
      storeProperty(key, kind: kind, bits: bits, text: text, count: count)
    }
  }

  // MARK: - Objects and arrays

  /// Moves into the object at `at` and returns its node; or stores it as JSON text and returns nil,
  /// with `failedAt` set when that failed.
  @inline(__always)
  private mutating func enterObject(
    _ key: Int32, _ at: inout Bytes, _ end: Bytes, depth: Int
  ) -> Int32? {
    failedAt = nil
    var first = at + 1
    JSONText.skipSpace(&first, end)
    guard first[0] != UInt8(ascii: "}"), depth < Limits.flattenedDepthMax else {
      _ = storeJSON(key, &at, end, depth: depth)
      return nil
    }
    let entry = tree.keys.base + Int(key)
    if entry.pointee.slot >= 0, !entry.pointee.hasMappedPathBelow {
      capture(slot: entry.pointee.slot, key: key, kind: .absent, bits: 0, text: at, count: 0)
    }
    at = first
    return entry.pointee.child >= 0 ? entry.pointee.child : tree.child(of: key)
  }

  /// Stores the array or object at `at` as its JSON text.
  @inline(never)
  private mutating func storeJSON(
    _ key: Int32, _ at: inout Bytes, _ end: Bytes, depth: Int
  ) -> Bool {
    let start = at
    var keys = rowKeyCount + rowInnerKeys
    if let reason = JSONText.skipValue(&at, end, depth: depth, keys: &keys) {
      fail(reason, at)
      return false
    }
    rowInnerKeys = keys - rowKeyCount
    guard at - start <= Limits.textBytesMax else {
      fail(.textTooLong, start)
      return false
    }
    store(key, kind: .json, bits: 0, text: start, count: at - start)
    return true
  }

  /// Opens `properties` given as a string that holds an object. Returns nil when it holds none, and
  /// false when its keys break a limit.
  private mutating func storeProperties(_ key: Int32, _ text: Bytes, _ count: Int) -> Bool? {
    let copy = takeScratch(count)
    copy.update(from: text, count: count)
    (copy + count).update(repeating: 0, count: Int(EVT_SCAN_PADDING))
    var at = Bytes(copy)
    let end = at + count
    JSONText.skipSpace(&at, end)
    guard at[0] == UInt8(ascii: "{") else { return nil }
    var checked = at
    var keys = 0
    guard JSONText.skipValue(&checked, end, depth: 1, keys: &keys) == nil else { return nil }
    JSONText.skipSpace(&checked, end)
    guard checked == end else { return nil }
    at += 1
    JSONText.skipSpace(&at, end)
    // An empty object stays the text it is.
    guard at[0] != UInt8(ascii: "}") else { return nil }
    return scanObject(at, end, node: tree.child(of: key)) != nil
  }
}
