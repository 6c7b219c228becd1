// The texts of a block as bytes: codes of the segment's dictionary, runs, or one by one.

import CKernels
import EvtCore

/// Encodes the texts of the rows of a block.
///
///     dictionary  00  stream of codes
///     list        01  texts
///     runs        02  number of runs  stream of lengths − 1  texts
enum TextStream {
  enum Tag: UInt8 { case dictionary, list, runs }

  /// How many rows before it is looked at a text is asked for.
  private static let rowsAhead = 16

  /// Appends codes of the segment's dictionary.
  static func encodeCodes(_ codes: UnsafeBufferPointer<Int64>, into writer: inout ByteWriter) {
    writer.append(Tag.dictionary.rawValue)
    IntStream.encode(codes, into: &writer)
  }

  /// Appends the texts `text(code)` for each of `codes`, as runs where neighbours are equal.
  /// - Parameter alwaysRuns: whether runs are wanted for their own sake (users).
  static func encodeTexts(
    _ codes: UnsafeBufferPointer<Int64>, alwaysRuns: Bool, into writer: inout ByteWriter,
    text: (Int64) -> UnsafeRawBufferPointer
  ) {
    var starts: [Int] = []
    for index in 0..<codes.count {
      // Rows are not in the order in which their texts lie in memory.
      if index + Self.rowsAhead < codes.count {
        evt_prefetch(text(codes[index + Self.rowsAhead]).baseAddress)
      }
      if index > 0 {
        let isEqual =
          codes[index] == codes[index - 1]
          || ByteOrder.equal(text(codes[index]), text(codes[index - 1]))
        if isEqual { continue }
      }
      starts.append(index)
    }
    guard alwaysRuns || areRuns(starts.count, of: codes.count) else {
      writer.append(Tag.list.rawValue)
      TextListCoding.encode(codes.map(text), into: &writer)
      return
    }
    appendRuns(starts, end: codes.count, into: &writer)
    TextListCoding.encode(starts.map { text(codes[$0]) }, into: &writer)
  }

  /// Whether texts of so many `runs` are better stored as such.
  static func areRuns(_ runs: Int, of rows: Int) -> Bool { runs * 4 <= rows * 3 }

  /// Appends what stands before the texts of runs that begin at `starts`.
  static func appendRuns(_ starts: [Int], end: Int, into writer: inout ByteWriter) {
    writer.append(Tag.runs.rawValue)
    writer.appendVarint(UInt64(starts.count))
    let lengths = starts.indices.map { run in
      Int64((run + 1 < starts.count ? starts[run + 1] : end) - starts[run] - 1)
    }
    lengths.withUnsafeBufferPointer { IntStream.encode($0, into: &writer) }
  }

  /// The decoded texts of a block: a code for each row, and what the codes mean.
  struct Decoded {
    var codes: [UInt32]
    var texts: TextList
    var usesDictionary: Bool
    var runEnds: [UInt32]
  }

  /// Decodes the texts of `count` rows.
  /// - Parameters:
  ///   - byRun: whether the codes of runs may be left out; each run has its number as its code.
  ///   - dictionary: the segment's dictionary, if the column has one.
  static func decode(
    _ reader: inout ByteReader, count: Int, byRun: Bool = false, dictionary: TextList?
  ) throws(MalformedBytes) -> Decoded {
    switch Tag(rawValue: try reader.read(UInt8.self)) {
    case .dictionary:
      guard let dictionary else { throw reader.malformed("codes without a dictionary") }
      let codes = try IntStream.decodeCodes(&reader, count: count, below: dictionary.count)
      return Decoded(codes: codes, texts: dictionary, usesDictionary: true, runEnds: [])
    case .list:
      let texts = try TextListCoding.decode(&reader, count: count)
      return Decoded(
        codes: (0..<count).map { UInt32($0) }, texts: texts, usesDictionary: false, runEnds: [])
    case .runs:
      let runs = try reader.readCount("runs", atMost: count)
      let lengths = try IntStream.decodeArray(&reader, count: runs)
      let texts = try TextListCoding.decode(&reader, count: runs)
      let ends = try RunEnds.of(lengths, count: count, reader).ends
      return Decoded(
        codes: byRun ? [] : expand(ends, count: count), texts: texts, usesDictionary: false,
        runEnds: ends)
    case nil:
      throw reader.malformed("unknown text encoding")
    }
  }

  /// Decodes of the texts of `count` rows those at `places`, which ascend.
  static func decode(
    _ reader: inout ByteReader, count: Int, at places: [UInt32], dictionary: TextList?
  ) throws(MalformedBytes) -> Decoded {
    switch Tag(rawValue: try reader.read(UInt8.self)) {
    case .dictionary:
      guard let dictionary else { throw reader.malformed("codes without a dictionary") }
      let codes = try IntStream.decodeCodes(
        &reader, count: count, at: places, below: dictionary.count)
      return Decoded(codes: codes, texts: dictionary, usesDictionary: true, runEnds: [])
    case .list:
      let texts = try TextListCoding.decode(&reader, count: count, at: places)
      return Decoded(
        codes: places.indices.map { UInt32($0) }, texts: texts, usesDictionary: false, runEnds: [])
    case .runs:
      let runs = try reader.readCount("runs", atMost: count)
      let lengths = try IntStream.decodeArray(&reader, count: runs)
      let picked = try RunEnds.of(lengths, count: count, reader).picked(at: places)
      let texts = try TextListCoding.decode(&reader, count: runs, at: picked.runs)
      return Decoded(
        codes: picked.numbers, texts: texts, usesDictionary: false, runEnds: picked.ends)
    case nil:
      throw reader.malformed("unknown text encoding")
    }
  }

  /// The number of its run for each of `count` rows.
  private static func expand(_ ends: [UInt32], count: Int) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { codes, initialized in
      ends.withUnsafeBufferPointer { ends in
        guard let codes = codes.baseAddress, let base = ends.baseAddress else { return }
        evt_expand_runs(base, ends.count, codes, count)
        initialized = count
      }
    }
  }
}
