// How an input is stored, told by its first bytes.

/// What the first bytes of an input say of it.
enum StoredForm: Equatable {
  case plain
  case gzip
  /// Something that evt does not read: a clause that names it and one that says what to do.
  case foreign(what: String, remedy: String)

  /// Files of these kinds hold events that another program can unpack.
  private static let packed: [(magic: [UInt8], what: String, unpack: String)] = [
    ([0x28, 0xB5, 0x2F, 0xFD], "zstd-compressed", "zstd -dc"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz-compressed", "xz -dc"),
    ([0x42, 0x5A, 0x68], "bzip2-compressed", "bzip2 -dc"),
    ([0x04, 0x22, 0x4D, 0x18], "lz4-compressed", "lz4 -dc"),
    ([0x1F, 0x9D], "compress(1)-compressed", "zcat"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive", "unzip -p"),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", "7z x -so"),
  ]

  /// Files of these kinds must be converted.
  private static let converted: [(magic: [UInt8], what: String, remedy: String)] = [
    (Array("PAR1".utf8), "a Parquet file", "convert it to NDJSON, for instance with DuckDB"),
    (Array("ARROW1".utf8), "an Arrow file", "convert it to NDJSON"),
    (Array("ORC".utf8), "an ORC file", "convert it to NDJSON"),
    (Array("Obj".utf8) + [1], "an Avro file", "convert it to NDJSON, for instance with avro-tools"),
    (Array("SQLite format 3".utf8), "an SQLite database", "export the events as NDJSON"),
    ([0x1E], "a JSON text sequence (RFC 7464)", "take its separators out: tr -d '\\036'"),
    ([0xFF, 0xFE], "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"),
    ([0xFE, 0xFF], "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"),
  ]

  /// Looks at the first bytes of the input called `name` ("-" for standard input).
  init(_ head: UnsafeBufferPointer<UInt8>, name: String) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
      return
    }
    for (magic, what, unpack) in Self.packed where head.starts(with: magic) {
      let file = name == "-" ? "" : " \(Self.shellWord(name))"
      self = .foreign(what: what, remedy: "unpack it: \(unpack)\(file) | evt ingest -")
      return
    }
    for (magic, what, remedy) in Self.converted where head.starts(with: magic) {
      self = .foreign(what: what, remedy: remedy)
      return
    }
    self = Self.looksBinary(head) ? Self.binary : .plain
  }

  static let binary = StoredForm.foreign(
    what: "binary data", remedy: "evt reads JSON events, one a line, in an array, or gzipped")

  /// Whether the bytes cannot be JSON text: a NUL, or a control character before anything else.
  static func looksBinary(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
    if head.prefix(4_096).contains(0) { return true }
    let first = head.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    return first.map { $0 < 0x20 || $0 == 0x7F } ?? false
  }

  /// `word` as a shell takes it.
  private static func shellWord(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x2B && byte <= 0x3A || byte == 0x5F
    }
    if isPlain, !word.hasPrefix("-") { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
