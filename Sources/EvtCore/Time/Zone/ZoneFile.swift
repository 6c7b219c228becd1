// Time zones as they are stored on every Unix system: TZif, RFC 8536.

extension ZoneRules {
  /// Bytes of a zone's file; real ones have up to four thousand.
  public static let fileBytesMax = 256 << 10

  /// Whether `bytes` begin like a time zone's file.
  public static func isZoneFile(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: "TZif".utf8)
  }

  /// Reads a file of the zone database, of version 1 to 4 (RFC 8536 and its successor).
  ///
  ///     header    "TZif", version, 15 bytes, 6 counts (big-endian, 32 bits)
  ///     data      times of 4 bytes, the type of each time, types, names, leap seconds, marks
  ///     header    again, from version 2 on
  ///     data      again, with times of 8 bytes
  ///     footer    newline, a rule for what comes after the last time, newline
  ///
  /// - Throws: `MalformedBytes` for anything else, and for files that count leap seconds, which
  ///   Unix times do not.
  public init(name: String, file bytes: [UInt8]) throws(MalformedBytes) {
    var reader = ZoneFileReader(bytes)
    guard bytes.count <= Self.fileBytesMax else { throw reader.malformed("is too long for a zone") }
    let first = try reader.header()
    guard first.version >= UInt8(ascii: "2") else {
      let table = try reader.table(first, timeBytes: 4)
      self.init(name: name, offset: table.offset, changes: table.changes)
      return
    }
    _ = try reader.take(first.dataBytes(timeBytes: 4))
    var table = try reader.table(reader.header(), timeBytes: 8)
    if let rule = try reader.footer() {
      table.changes += rule.changes(after: table.changes.last?.second)
      if table.changes.isEmpty { table.offset = rule.offset }
    }
    self.init(name: name, offset: table.offset, changes: table.changes)
  }
}

/// The recorded offsets of a zone.
private struct ZoneTable {
  /// Before the first change.
  var offset: Int64
  var changes: [(second: Int64, offset: Int64)]
}

/// What a header says of the data behind it.
private struct ZoneFileHeader {
  var version: UInt8
  var universalMarks: Int
  var standardMarks: Int
  var leapSeconds: Int
  var times: Int
  var types: Int
  var nameBytes: Int

  func dataBytes(timeBytes: Int) -> Int {
    // Six counts of 32 bits, each times at most 13: far from the end of 64 bits.
    times * (timeBytes + 1) + types * 6 + nameBytes + leapSeconds * (timeBytes + 4)
      + standardMarks + universalMarks
  }
}

/// Reads a zone's file from front to back; every read is checked.
private struct ZoneFileReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func malformed(_ what: String) -> MalformedBytes { MalformedBytes(what, offset: offset) }

  mutating func take(_ count: Int) throws(MalformedBytes) -> ArraySlice<UInt8> {
    guard count <= bytes.count - offset else { throw malformed("ends early") }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  /// Reads a signed big-endian number of `size` bytes.
  private mutating func number(bytes size: Int) throws(MalformedBytes) -> Int64 {
    let raw = try take(size)
    let start: Int64 = raw.first.map { $0 >= 0x80 ? -1 : 0 } ?? 0
    return raw.reduce(start) { $0 << 8 | Int64($1) }
  }

  private mutating func count() throws(MalformedBytes) -> Int {
    try take(4).reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func header() throws(MalformedBytes) -> ZoneFileHeader {
    guard try take(4).elementsEqual("TZif".utf8) else {
      throw malformed("does not begin as a time zone")
    }
    let version = try take(16).first ?? 0
    return ZoneFileHeader(
      version: version, universalMarks: try count(), standardMarks: try count(),
      leapSeconds: try count(), times: try count(), types: try count(), nameBytes: try count())
  }

  mutating func table(
    _ header: ZoneFileHeader, timeBytes: Int
  ) throws(MalformedBytes) -> ZoneTable {
    guard header.leapSeconds == 0 else {
      throw malformed("counts leap seconds, which Unix times do not")
    }
    // Nothing is reserved by a count that the bytes do not bear out.
    guard header.dataBytes(timeBytes: timeBytes) <= bytes.count - offset else {
      throw malformed("ends early")
    }
    guard header.types > 0 else { throw malformed("has no offset") }
    var times: [Int64] = []
    for _ in 0..<header.times {
      let time = try number(bytes: timeBytes)
      if let last = times.last, time <= last { throw malformed("has times out of order") }
      times.append(time)
    }
    let types = try take(header.times)
    var offsets: [Int64] = []
    for _ in 0..<header.types {
      let offset = try number(bytes: 4)
      guard ZoneRules.offsetsAllowed.contains(offset) else {
        throw malformed("has an offset of \(offset) seconds")
      }
      offsets.append(offset)
      _ = try take(2)
    }
    var changes: [(second: Int64, offset: Int64)] = []
    for (time, type) in zip(times, types) {
      guard Int(type) < offsets.count else { throw malformed("names an offset that is not there") }
      changes.append((time, offsets[Int(type)]))
    }
    _ = try take(
      header.nameBytes + header.leapSeconds * (timeBytes + 4) + header.standardMarks
        + header.universalMarks)
    return ZoneTable(offset: offsets[0], changes: changes)
  }

  /// The rule between the two newlines at the end; nil when nothing stands there.
  mutating func footer() throws(MalformedBytes) -> PosixZoneRule? {
    let newline = UInt8(ascii: "\n")
    guard try take(1).first == newline else { throw malformed("has no footer") }
    let text = bytes[offset...].prefix { $0 != newline }
    guard offset + text.count < bytes.count else { throw malformed("has a footer without end") }
    if text.isEmpty { return nil }
    guard let rule = PosixZoneRule(parsing: text) else {
      throw malformed("has a footer that is no rule")
    }
    return rule
  }
}
