// The distinct texts that one input has in a column.

import EvtCore

/// The texts of the kept rows of one input: those of its dictionary, or what is found by reading.
final class InputTexts {
  /// The dictionary of the input's column.
  private let dictionary: TextList?
  /// By code: whether a kept row has the text; empty as long as all of them count.
  private var isUsed: [Bool] = []
  private var pool = TextPool()
  /// By code of dictionary or pool: the code in the united dictionary.
  private var codes: [UInt32] = []
  /// Rows of text, and runs of equal ones, as far as they were counted.
  private(set) var rows = 0
  private(set) var runs = 0

  /// - Parameter countsUse: whether only texts that `add` has seen are in use.
  init(dictionary: TextList?, countsUse: Bool) {
    self.dictionary = dictionary
    if countsUse, let dictionary {
      isUsed = [Bool](repeating: false, count: dictionary.count)
    }
  }

  /// Whether so many texts differ that looking for equal ones was given up.
  var hasTooMany: Bool {
    !pool.isUnique || pool.count > Limits.dictionaryEntriesMax
      || pool.textBytes > Limits.dictionaryBytesMax
  }

  /// Counts `rows` of text without looking at them: those of a dictionary that is used whole.
  func add(rows: Int) {
    self.rows += rows
    runs += rows
  }

  /// Takes the text of those of `rows` that have one.
  func add(_ vector: ColumnVector, _ rows: Range<Int>) {
    var previous: UInt32?
    for row in rows where vector.kind(row) == .text {
      self.rows += 1
      let code = vector.codes[row]
      if code == previous { continue }
      previous = code
      runs += 1
      if vector.usesSegmentDictionary {
        if !isUsed.isEmpty { isUsed[Int(code)] = true }
      } else if !hasTooMany {
        _ = vector.texts.withBytes(Int(code)) { pool.code(of: $0) }
      }
    }
  }

  /// Calls `body` with the code and the bytes of every text in use. The codes of a dictionary come
  /// in the order of texts.
  func forEach(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
    if let dictionary {
      for code in 0..<dictionary.count where isUsed.isEmpty || isUsed[code] {
        dictionary.withBytes(code) { body(code, $0) }
      }
    } else {
      for code in 0..<pool.count { body(code, pool[code]) }
    }
  }

  /// Sets the code of text `code` in the united dictionary.
  func map(_ code: Int, to united: Int) {
    if codes.isEmpty { codes = [UInt32](repeating: 0, count: dictionary?.count ?? pool.count) }
    codes[code] = UInt32(united)
  }

  /// By code of the dictionary: the code in the united one; empty without a dictionary.
  var dictionaryCodes: [UInt32] { dictionary == nil ? [] : codes }

  /// The code in the united dictionary of a text; nil unless it was found by reading.
  func unitedCode(of text: UnsafeRawBufferPointer) -> Int64? {
    let own = dictionary == nil ? Int(pool.code(of: text)) : .max
    return own < codes.count ? Int64(codes[own]) : nil
  }

  /// A block does not use the dictionary of its column, or changes from reading to reading.
  static let unknownText = SegmentDamage(
    "a block has texts that are not in the dictionary of its column")
}
