// One dictionary out of those of several segments.

import EvtCore

/// The dictionary of a merged column.
final class UnitedTexts {
  private let arena = TextArena()
  /// What each input's codes mean here, and for those with a dictionary as a plain table.
  private let inputs: [InputTexts]
  private let dictionaryCodes: [[UInt32]]
  /// The dictionary as blocks are encoded with it; code i is text i.
  let texts: ColumnTexts

  private struct Entry {
    var input: Int
    var code: Int
    var text: Int
  }

  /// Unites the texts of `inputs`; nil when they do not fit a dictionary, or repeat too seldom to
  /// pay for one. Events get one whenever it fits.
  init?(_ inputs: [InputTexts], role: ColumnRole) {
    guard !inputs.contains(where: \.hasTooMany) else { return nil }
    self.inputs = inputs
    let all = TextArena()
    var entries: [Entry] = []
    for (number, input) in inputs.enumerated() {
      input.forEach { code, text in
        entries.append(Entry(input: number, code: code, text: all.append(text)))
      }
    }
    let allTexts = all.texts
    entries.sort { left, right in
      ByteOrder.precedes(allTexts[left.text], allTexts[right.text])
    }
    var previous: UnsafeRawBufferPointer?
    for entry in entries {
      let text = allTexts[entry.text]
      if previous.map({ !ByteOrder.equal($0, text) }) ?? true { _ = arena.append(text) }
      previous = text
      inputs[entry.input].map(entry.code, to: arena.count - 1)
    }
    withExtendedLifetime(all) {}
    dictionaryCodes = inputs.map(\.dictionaryCodes)
    guard arena.count > 0, arena.count <= Limits.dictionaryEntriesMax,
      arena.byteCount <= Limits.dictionaryBytesMax
    else { return nil }
    let rows = inputs.reduce(0) { $0 + $1.rows }
    let runs = inputs.reduce(0) { $0 + $1.runs }
    guard role == .event || ColumnTexts.pays(distinct: arena.count, runs: runs, rows: rows) else {
      return nil
    }
    var texts = ColumnTexts(union: arena.texts)
    texts.makeDictionary(of: (0..<arena.count).map { UInt32($0) })
    self.texts = texts
  }

  /// The number of texts.
  var count: Int { arena.count }

  /// The code of entry `code` of the dictionary of input number `input`.
  /// - Throws: `SegmentDamage` when there is no such entry.
  @inline(__always)
  func code(ofDictionary code: UInt32, input: Int) throws -> Int64 {
    guard Int(code) < dictionaryCodes[input].count else { throw InputTexts.unknownText }
    return Int64(dictionaryCodes[input][Int(code)])
  }

  /// The code of a text of input number `input`; nil when it has a dictionary or not this text.
  func code(of text: UnsafeRawBufferPointer, input: Int) -> Int64? {
    inputs[input].unitedCode(of: text)
  }
}
