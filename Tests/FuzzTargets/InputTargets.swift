// From bytes to rows: the scanner, whole inputs, mappings.

import CKernels
import Columnar
import EvtCore
import TestSupport

@testable import Ingest

extension FuzzTarget {
  private static let samples = [
    #"{"event":"buy","timestamp":"2026-01-01T10:00:00.5+02:00","user_id":"ann","price":59.98}"#,
    #"{"timestamp":1767225600,"uid":7,"event":"a\u00e9\ud834\udd1e\n","a":{"b":[1,{"c":null}]}}"#,
    #"{"event":1e3,"timestamp":1767225600123,"properties":"{\"x\":1,\"y\":{}}","a":1,"a":2}"#,
    #"{"event":"é","timestamp":"2026-01-01","n":-9223372036854775809,"x.y":true,"`":-0}"#,
    #"  {"event":"e","timestamp":"1767225600.25"}  {"event":"f","timestamp":"2026-01-01 10:00"} "#,
  ].map { Array($0.utf8) }

  private static let newline = InputForm.newline

  /// Lines are read as the scanner's slow twin reads them, whatever came before.
  static let events = FuzzTarget(name: "events", seeds: { samples + [join(samples)] }) { bytes in
    let mapping = FieldMapping(
      name: "twin", alternatives: [["event"], ["user_id", "uid"], [], [], ["timestamp"]])
    // Several objects on a line are several events, which the twin does not know; blank ones none.
    let lines = bytes.split(separator: newline).map(Array.init).filter { line in
      !TreeParser.holdsSeveral(line) && !line.allSatisfy { JSONText.isSpace($0) }
    }
    let chunk = chunk(join(lines))
    let parsed = ChunkParser.parse(
      chunk, from: ChunkPosition(),
      settings: ParserSettings(source: 0, mapping: mapping, latestTime: .max))
    try Finding.unless(parsed.isComplete, "a chunk of few keys is not parsed at once")
    let expected = lines.map { try? TreeRow.make($0) }
    let rows = expected.compactMap { $0.map { "0 " + $0.row } }
    try Finding.unless(
      render(parsed.batch) == rows, "rows: \(render(parsed.batch)) instead of \(rows)")
    try Finding.unless(parsed.rejects.count == lines.count - rows.count, "rejects are missing")
    let duplicates = expected.reduce(0) { $0 + ($1?.duplicates ?? 0) }
    try Finding.unless(parsed.duplicateKeys == duplicates, "repeated keys are miscounted")
  }

  /// Inputs give the same rows and rejects however they are cut into chunks; rejects are JSON.
  static let input = FuzzTarget(
    name: "input",
    seeds: {
      let lines = join(samples)
      let array = Array("[".utf8) + samples.joined(separator: [UInt8(ascii: ",")]) + [0x5D]
      let gzips = [lines, array].map { gzip($0, name: "log") }
      return [lines, array, [0xEF, 0xBB, 0xBF] + lines] + gzips
        + [gzips[0] + gzip([]) + gzips[1], lines.map { $0 == newline ? 0x0D : $0 }]
    }
  ) { bytes in
    let whole = try InputTrace(bytes, chunkBytes: 1 << 16)
    let pieces = try InputTrace(bytes, chunkBytes: 16)
    try Finding.unless(whole == pieces, "\(whole) in one chunk, \(pieces) in many")
    for reject in whole.rejects {
      let text = Array(reject.utf8.dropLast())
      try Finding.unless(
        (try? TreeParser.parse(text)) != nil && reject.last == "\n", "no JSON: \(reject)")
    }
  }

  /// The first line is the text of `--map`, the others are events.
  static let mapping = FuzzTarget(
    name: "mapping",
    seeds: {
      let maps = [
        "user_id=uid|`odd.key`,event=a.b,timestamp=ts", "event=event,timestamp=timestamp", "",
        "session_id=`a``b`.c , event_id = x|y|z",
      ]
      return maps.map { join([Array($0.utf8)] + samples) }
    }
  ) { bytes in
    let first = bytes.prefix { $0 != newline }
    let events = chunk(Array(bytes.dropFirst(first.count + 1)))
    var choices = [MappingChoice.automatic, .preset("segment")]
    do {
      let map = try FieldMap(String(decoding: first, as: UTF8.self))
      choices += [.custom(map), .custom(map, preset: "tracker")]
    } catch is IngestError {}
    for choice in choices {
      do {
        let found = try MappingDetector(choice: choice).mapping(for: events, source: "log")
        let settings = ParserSettings(
          source: 0, mapping: try found ?? MappingDetector(choice: choice).fallback(),
          latestTime: .max)
        _ = ChunkParser.parse(events, from: ChunkPosition(), settings: settings)
      } catch is IngestError {}
    }
  }

  private static func join(_ lines: [[UInt8]]) -> [UInt8] {
    Array(lines.joined(separator: [newline]))
  }

  /// The lines of `bytes`, with no more memory around them than the scanner may count on.
  private static func chunk(_ bytes: [UInt8]) -> Chunk {
    let chunk = Chunk(form: .lines(separator: newline), capacity: bytes.count)
    bytes.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { chunk.append(base, count: bytes.count) }
    }
    chunk.seal()
    return chunk
  }
}

/// What comes of an input.
private struct InputTrace: Equatable {
  var rows: [String] = []
  var rejects: [String] = []
  var error: String?

  /// Reads `bytes` in chunks of that size, through everything that an ingest reads them through.
  init(_ bytes: [UInt8], chunkBytes: Int) throws {
    do {
      // Nothing is left to be read of the file when the bytes have been played again.
      let text = try InputText(
        OpenFile("/dev/null"), replay: bytes, continued: nil, chunkBytes: chunkBytes)
      let settings = ParserSettings(source: 0, mapping: Presets.all[0], latestTime: .max)
      var written: [String] = []
      var tally = RejectTally(limit: .count(.max)) {
        written.append(String(decoding: $0, as: UTF8.self))
      }
      defer { rejects = written }
      var lines = 0
      var column = 0
      while let chunk = try text.next() {
        let parsed = ChunkParser.parse(chunk, from: ChunkPosition(), settings: settings)
        try Finding.unless(parsed.isComplete, "a chunk of few keys is not parsed at once")
        try tally.take(parsed, of: chunk, source: "log", line: lines, column: column)
        rows += render(parsed.batch)
        lines += parsed.position.line
        column = chunk.column(behind: parsed.position, column: column)
      }
    } catch let error as IngestError {
      self.error = error.message
    }
  }
}
