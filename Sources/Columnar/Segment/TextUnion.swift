// The texts of several batches under common codes.

import EvtCore

/// Gives texts codes, equal ones the same. It keeps pointers, not copies: the batches that hold the
/// texts must outlive it.
struct TextUnion {
  private(set) var texts: [UnsafeRawBufferPointer] = []
  private(set) var hashes: [UInt64] = []
  private var slots = [UInt32](repeating: .max, count: 64)
  /// The codes of texts that found no slot near the one of their hash: somebody builds collisions.
  private var crowded: [[UInt8]: UInt32] = [:]

  /// Slots that are looked at for a text.
  private static let probesMax = 256

  /// Returns the code of `text`.
  mutating func code(of text: UnsafeRawBufferPointer) -> UInt32 {
    let hash = StableHash.user(text)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    var probes = 0
    while slots[slot] != .max {
      let code = Int(slots[slot])
      if hashes[code] == hash, ByteOrder.equal(texts[code], text) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
      probes += 1
      if probes == Self.probesMax { return crowdedCode(of: text, hash) }
    }
    let code = UInt32(texts.count)
    slots[slot] = code
    texts.append(text)
    hashes.append(hash)
    if texts.count * 2 > slots.count { rehash() }
    return code
  }

  private mutating func crowdedCode(of text: UnsafeRawBufferPointer, _ hash: UInt64) -> UInt32 {
    let bytes = Array(text)
    if let known = crowded[bytes] { return known }
    let code = UInt32(texts.count)
    crowded[bytes] = code
    texts.append(text)
    hashes.append(hash)
    return code
  }

  /// Appends `text` under a new code without looking for an equal one.
  mutating func append(_ text: UnsafeRawBufferPointer) -> UInt32 {
    texts.append(text)
    return UInt32(texts.count - 1)
  }

  private mutating func rehash() {
    let mask = slots.count * 4 - 1
    slots = [UInt32](repeating: .max, count: mask + 1)
    crowded = [:]
    for code in 0..<texts.count {
      var slot = Int(truncatingIfNeeded: hashes[code]) & mask
      var probes = 0
      while slots[slot] != .max, probes < Self.probesMax {
        slot = (slot + 1) & mask
        probes += 1
      }
      if probes == Self.probesMax {
        crowded[Array(texts[code])] = UInt32(code)
      } else {
        slots[slot] = UInt32(code)
      }
    }
  }
}

/// The texts of one column of a segment, and its dictionary if it has one.
struct ColumnTexts {
  var union: [UnsafeRawBufferPointer] = []
  /// The codes of the dictionary's texts in byte order; empty without a dictionary.
  private(set) var dictionary: [UInt32] = []
  private var ranks: [UInt32] = []

  init(union: [UnsafeRawBufferPointer] = []) { self.union = union }

  var hasDictionary: Bool { !dictionary.isEmpty }

  /// The texts of the dictionary.
  var dictionaryTexts: [UnsafeRawBufferPointer] { dictionary.map { union[Int($0)] } }

  /// The place of `code` in the dictionary.
  func rank(ofCode code: Int) -> Int64 { Int64(ranks[code]) }

  /// Makes the texts that `codes` name the dictionary.
  mutating func makeDictionary(of codes: [UInt32]) {
    dictionary = codes.sorted { ByteOrder.precedes(union[Int($0)], union[Int($1)]) }
    ranks = [UInt32](repeating: 0, count: union.count)
    for (rank, code) in dictionary.enumerated() { ranks[Int(code)] = UInt32(rank) }
  }

  /// Whether texts repeat often enough to pay for a dictionary: `distinct` ones in so many rows,
  /// or runs of equal ones.
  static func pays(distinct: Int, runs: Int, rows: Int) -> Bool {
    distinct == 1 || distinct * 2 <= runs || (distinct <= 256 && distinct * 4 <= rows)
  }

  /// Whether a dictionary of the texts that `codes` name stays within the limits.
  func fitsDictionary(_ codes: [UInt32]) -> Bool {
    guard codes.count <= Limits.dictionaryEntriesMax else { return false }
    let bytes = codes.reduce(0) { $0 + union[Int($1)].count }
    return bytes <= Limits.dictionaryBytesMax
  }
}
