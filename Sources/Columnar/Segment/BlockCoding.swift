// One block of one column as bytes, before the LZ4 stage.

import CKernels
import EvtCore

/// The values of consecutive rows on their way into a block. For textual kinds `bits` is a code
/// that `ColumnTexts` resolves.
struct BlockRows {
  let kinds: UnsafeBufferPointer<UInt8>
  let bits: UnsafeBufferPointer<Int64>
  let counts: KindCounts

  /// `counts` are those of `kinds`, if they are known.
  init(
    kinds: UnsafeBufferPointer<UInt8>, bits: UnsafeBufferPointer<Int64>, counts: KindCounts? = nil
  ) {
    self.kinds = kinds
    self.bits = bits
    self.counts = counts ?? KindCounts(kinds)
  }

  /// The bits of the rows of `kind`.
  func values(of kind: ValueKind) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: counts[kind]) { values, count in
      guard let kinds = kinds.baseAddress, let bits = bits.baseAddress,
        let values = values.baseAddress
      else { return }
      count = Int(evt_select(kinds, bits, self.kinds.count, kind.rawValue, values))
    }
  }
}

/// Writes and reads blocks:
///
///     kinds    0, kind u8: all rows are of one kind
///              1, bitmap u8 of the kinds that occur, stream of each row's kind as its place
///              among them
///     values   for each kind that occurs, in the order of `ValueKind`: bool and int streams,
///              doubles, then texts; rows of other kinds are left out
enum BlockCoding {
  /// Encodes `rows`.
  static func encode(
    _ rows: BlockRows, texts: ColumnTexts, role: ColumnRole
  ) -> [UInt8] {
    var writer = ByteWriter()
    let present = rows.counts.present
    if present.count == 1, let only = present.first {
      writer.append(UInt8(0))
      writer.append(only.rawValue)
    } else {
      writer.append(UInt8(1))
      writer.append(present.reduce(UInt8(0)) { $0 | 1 << $1.rawValue })
      KindStream.encode(rows.kinds, rows.counts, into: &writer)
    }
    for kind in present where kind != .absent && kind != .null {
      if present.count == 1 {
        encode(rows.bits, kind, texts: texts, role: role, into: &writer)
      } else {
        rows.values(of: kind).withUnsafeBufferPointer {
          encode($0, kind, texts: texts, role: role, into: &writer)
        }
      }
    }
    return writer.bytes
  }

  private static func encode(
    _ values: UnsafeBufferPointer<Int64>, _ kind: ValueKind, texts: ColumnTexts,
    role: ColumnRole, into writer: inout ByteWriter
  ) {
    switch kind {
    case .absent, .null: break
    case .bool: IntStream.encode(values, into: &writer)
    case .int: IntStream.encodeScaled(values, into: &writer)
    case .double: DoubleStream.encode(values, into: &writer)
    case .text where texts.hasDictionary:
      let ranks = values.map { texts.rank(ofCode: Int($0)) }
      ranks.withUnsafeBufferPointer { TextStream.encodeCodes($0, into: &writer) }
    case .text, .decimal, .json:
      TextStream.encodeTexts(values, alwaysRuns: role == .user, into: &writer) {
        texts.union[Int($0)]
      }
    }
  }

  // MARK: - Decoding

  /// Decodes the `rowCount` rows of `raw` into `vector`.
  /// - Parameter byRun: whether texts that are stored as runs, in all rows, are to stay so.
  static func decode(
    _ raw: UnsafeRawBufferPointer, rowCount: Int, byRun: Bool = false, dictionary: TextList?,
    into vector: inout ColumnVector
  ) throws(MalformedBytes) {
    var reader = ByteReader(raw)
    vector.setAbsent(rowCount: rowCount)
    switch try reader.read(UInt8.self) {
    case 0:
      guard let kind = ValueKind(rawValue: try reader.read(UInt8.self)) else {
        throw reader.malformed("unknown kind")
      }
      vector.uniformKind = kind
      try decodeUniform(kind, &reader, byRun: byRun, dictionary, into: &vector)
    case 1:
      vector.uniformKind = nil
      let present = try decodePresent(&reader)
      vector.kinds = try IntStream.decodeBytes(&reader, count: rowCount, by: present)
      let rows = KindRows(vector.kinds, present)
      try decodeMixed(rows, &reader, dictionary, into: &vector)
    default: throw reader.malformed("unknown form of kinds")
    }
    guard reader.remaining == 0 else { throw reader.malformed("bytes behind the values") }
  }

  /// Decodes of the `rowCount` rows of `raw` those at `places`, which ascend, into `vector`, whose
  /// rows they become.
  static func decode(
    _ raw: UnsafeRawBufferPointer, rowCount: Int, at places: [UInt32], dictionary: TextList?,
    into vector: inout ColumnVector
  ) throws(MalformedBytes) {
    var reader = ByteReader(raw)
    vector.setAbsent(rowCount: places.count)
    switch try reader.read(UInt8.self) {
    case 0:
      guard let kind = ValueKind(rawValue: try reader.read(UInt8.self)) else {
        throw reader.malformed("unknown kind")
      }
      vector.uniformKind = kind
      if kind.isNumeric {
        vector.numbers = try decodeNumbers(kind, &reader, count: rowCount, at: places)
      } else if kind.isTextual {
        vector.take(
          try TextStream.decode(
            &reader, count: rowCount, at: places, dictionary: kind == .text ? dictionary : nil))
      }
    case 1:
      vector.uniformKind = nil
      let present = try decodePresent(&reader)
      let kinds = try IntStream.decodeBytes(&reader, count: rowCount, by: present)
      vector.kinds = places.map { kinds[Int($0)] }
      let rows = KindRows(kinds, present, at: places)
      try decodeMixed(rows, &reader, dictionary, into: &vector)
    default: throw reader.malformed("unknown form of kinds")
    }
    guard reader.remaining == 0 else { throw reader.malformed("bytes behind the values") }
  }

  /// The kinds that occur, as raw values.
  private static func decodePresent(
    _ reader: inout ByteReader
  ) throws(MalformedBytes) -> [UInt8] {
    let bitmap = try reader.read(UInt8.self)
    return ValueKind.allCases.map(\.rawValue).filter { bitmap & 1 << $0 != 0 }
  }

  private static func decodeNumbers(
    _ kind: ValueKind, _ reader: inout ByteReader, count: Int
  ) throws(MalformedBytes) -> [Int64] {
    guard kind == .double else { return try IntStream.decodeArray(&reader, count: count) }
    var failure: MalformedBytes?
    let numbers = [Int64](unsafeUninitializedCapacity: count) { target, initialized in
      do throws(MalformedBytes) {
        try DoubleStream.decode(
          &reader, into: UnsafeMutableBufferPointer(rebasing: target[0..<count]))
        initialized = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return numbers
  }

  private static func decodeNumbers(
    _ kind: ValueKind, _ reader: inout ByteReader, count: Int, at places: [UInt32]
  ) throws(MalformedBytes) -> [Int64] {
    guard kind == .double else {
      return try IntStream.decode(&reader, count: count, at: places)
    }
    let all = try decodeNumbers(kind, &reader, count: count)
    return places.map { all[Int($0)] }
  }

  private static func decodeUniform(
    _ kind: ValueKind, _ reader: inout ByteReader, byRun: Bool, _ dictionary: TextList?,
    into vector: inout ColumnVector
  ) throws(MalformedBytes) {
    if kind.isNumeric {
      vector.numbers = try decodeNumbers(kind, &reader, count: vector.rowCount)
    } else if kind.isTextual {
      vector.take(
        try TextStream.decode(
          &reader, count: vector.rowCount, byRun: byRun,
          dictionary: kind == .text ? dictionary : nil))
    }
  }

  /// - Parameter rows: the rows of each kind in the block, and which of them `vector` has.
  private static func decodeMixed(
    _ rows: KindRows, _ reader: inout ByteReader, _ dictionary: TextList?,
    into vector: inout ColumnVector
  ) throws(MalformedBytes) {
    for kind in ValueKind.allCases where kind.isNumeric && rows.count(of: kind) > 0 {
      let values: [Int64]
      if let places = rows.places(of: kind) {
        values = try decodeNumbers(kind, &reader, count: rows.count(of: kind), at: places)
      } else {
        values = try decodeNumbers(kind, &reader, count: rows.count(of: kind))
      }
      if values.isEmpty { continue }
      if vector.numbers.isEmpty { vector.numbers = [Int64](repeating: 0, count: vector.rowCount) }
      spread(values, kind, vector.kinds, into: &vector.numbers)
    }
    // The dictionary must keep its codes, so it comes first in `texts`.
    var lists: [TextList] = []
    var textCount = 0
    for kind in [ValueKind.decimal, .text, .json] where rows.count(of: kind) > 0 {
      let dictionary = kind == .text ? dictionary : nil
      let decoded: TextStream.Decoded
      if let places = rows.places(of: kind) {
        decoded = try TextStream.decode(
          &reader, count: rows.count(of: kind), at: places, dictionary: dictionary)
      } else {
        decoded = try TextStream.decode(
          &reader, count: rows.count(of: kind), dictionary: dictionary)
      }
      if decoded.codes.isEmpty { continue }
      if vector.codes.isEmpty { vector.codes = [UInt32](repeating: 0, count: vector.rowCount) }
      vector.runEnds = Self.runEnds(of: decoded, kind, vector.kinds)
      let isDictionary = decoded.usesDictionary
      if isDictionary {
        // Shift what came before behind the dictionary.
        shiftDecimals(&vector, by: decoded.texts.count)
        lists.insert(decoded.texts, at: 0)
        vector.usesSegmentDictionary = true
        spread(decoded.codes, kind, vector.kinds, adding: 0, into: &vector.codes)
      } else {
        let base = UInt32(textCount)
        lists.append(decoded.texts)
        spread(decoded.codes, kind, vector.kinds, adding: base, into: &vector.codes)
      }
      textCount += decoded.texts.count
    }
    vector.texts = lists.count == 1 ? lists[0] : TextList(joining: lists)
  }

  /// The runs of a block in which rows without a value come first and texts after them, as in the
  /// user column; empty for any other.
  private static func runEnds(
    of decoded: TextStream.Decoded, _ kind: ValueKind, _ kinds: [UInt8]
  ) -> [UInt32] {
    let first = kinds.count - decoded.codes.count
    guard !decoded.runEnds.isEmpty, first > 0, kinds[0] <= ValueKind.null.rawValue,
      range(of: kind, in: kinds, count: decoded.codes.count)?.lowerBound == first,
      ValueKind(rawValue: kinds[0]).map({ areAll($0, kinds, 0..<first) }) ?? false
    else { return [] }
    return [UInt32(first)] + decoded.runEnds.map { $0 + UInt32(first) }
  }

  /// The rows of `kind`, of which there are `count`, when nothing stands between them.
  private static func range(of kind: ValueKind, in kinds: [UInt8], count: Int) -> Range<Int>? {
    guard let first = kinds.firstIndex(of: kind.rawValue), first + count <= kinds.count,
      areAll(kind, kinds, first..<first + count)
    else { return nil }
    return first..<first + count
  }

  private static func areAll(_ kind: ValueKind, _ kinds: [UInt8], _ rows: Range<Int>) -> Bool {
    kinds.withUnsafeBufferPointer { kinds in
      let rows = UnsafeBufferPointer(rebasing: kinds[rows])
      guard let base = rows.baseAddress else { return true }
      return Int(evt_count_byte(base, rows.count, kind.rawValue)) == rows.count
    }
  }

  private static func shiftDecimals(_ vector: inout ColumnVector, by count: Int) {
    for row in 0..<vector.rowCount where vector.kinds[row] == ValueKind.decimal.rawValue {
      vector.codes[row] &+= UInt32(count)
    }
  }

  /// Moves `values` to the rows of `kind`, which are as many.
  private static func spread(
    _ values: [Int64], _ kind: ValueKind, _ kinds: [UInt8], into target: inout [Int64]
  ) {
    values.withUnsafeBufferPointer { values in
      kinds.withUnsafeBufferPointer { kinds in
        target.withUnsafeMutableBufferPointer { target in
          guard let values = values.baseAddress, let base = kinds.baseAddress,
            let target = target.baseAddress
          else { return }
          evt_spread64(base, kinds.count, kind.rawValue, values, target)
        }
      }
    }
  }

  /// Moves `codes` to the rows of `kind`, which are as many, adding `base` to each.
  private static func spread(
    _ codes: [UInt32], _ kind: ValueKind, _ kinds: [UInt8], adding base: UInt32,
    into target: inout [UInt32]
  ) {
    codes.withUnsafeBufferPointer { codes in
      kinds.withUnsafeBufferPointer { kinds in
        target.withUnsafeMutableBufferPointer { target in
          guard let codes = codes.baseAddress, let rows = kinds.baseAddress,
            let target = target.baseAddress
          else { return }
          evt_spread32(rows, kinds.count, kind.rawValue, codes, base, target)
        }
      }
    }
  }
}

/// The rows of each kind in a block, and the wanted ones among them.
private struct KindRows {
  private let counts: KindCounts
  /// By kind, the places of the wanted rows among those of the kind; nil when all are wanted.
  private var placesByKind: [[UInt32]]?

  init(_ kinds: [UInt8], _ present: [UInt8]) {
    let present = present.compactMap { ValueKind(rawValue: $0) }
    counts = kinds.withUnsafeBufferPointer { KindCounts($0, among: present) }
  }

  init(_ kinds: [UInt8], _ present: [UInt8], at places: [UInt32]) {
    self.init(kinds, present)
    placesByKind = ValueKind.allCases.map { kind in
      // Nulls have no values to be found.
      kind == .absent || kind == .null
        ? [] : Self.places(of: kind, in: kinds, count: counts[kind], at: places)
    }
  }

  func count(of kind: ValueKind) -> Int { counts[kind] }
  func places(of kind: ValueKind) -> [UInt32]? { placesByKind?[Int(kind.rawValue)] }

  /// The places of those of the wanted rows that are of `kind` among its `count` rows.
  private static func places(
    of kind: ValueKind, in kinds: [UInt8], count: Int, at wanted: [UInt32]
  ) -> [UInt32] {
    if count == 0 || wanted.isEmpty { return [] }
    return [UInt32](unsafeUninitializedCapacity: wanted.count) { places, initialized in
      kinds.withUnsafeBufferPointer { kinds in
        wanted.withUnsafeBufferPointer { wanted in
          guard let base = kinds.baseAddress, let rows = wanted.baseAddress,
            let places = places.baseAddress
          else { return }
          initialized = Int(
            evt_places_among(base, kinds.count, kind.rawValue, rows, wanted.count, places))
        }
      }
    }
  }
}

extension ColumnVector {
  /// Takes the texts of all its rows.
  fileprivate mutating func take(_ decoded: TextStream.Decoded) {
    codes = decoded.codes
    texts = decoded.texts
    usesSegmentDictionary = decoded.usesDictionary
    runEnds = decoded.runEnds
  }
}
