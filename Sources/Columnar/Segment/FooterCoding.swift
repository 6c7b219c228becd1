// The footer as bytes.

import EvtCore

/// Writes and reads `SegmentFooter`:
///
///     day (zigzag)  rows  rows without user  users  first time (zigzag)  last time (zigzag)
///     events?  1: count, then per event: name, rows, quarters, per quarter: number u8, rows
///              and per block a bitmap of the events that occur in it
///              0: too many to list
///     columns  count, then per column:
///              role u8  path  8 × rows of that kind
///              dictionary entries + 1 (0: none), then its block
///              per block: the block, its zone map
///     filters? 1: per block that of its key filter, 0: no row has an event id
///     block    stored bytes  raw bytes  CRC-32C u32  compressed u8
///     zone     0 | 1 least greatest (zigzag) | 2 least greatest (f64) | 3 least greatest (u64)
///
/// Numbers are varints unless given a width; texts are a length and UTF-8. Blocks follow each other
/// from byte 8 on, so their offsets are sums.
enum FooterCoding {
  static func encode(_ footer: SegmentFooter) -> [UInt8] {
    var writer = ByteWriter()
    writer.appendZigzag(Int64(footer.day.number))
    for count in [footer.rowCount, footer.rowsWithoutUser, footer.userCount] {
      writer.appendVarint(UInt64(count))
    }
    writer.appendZigzag(footer.minTime)
    writer.appendZigzag(footer.maxTime)
    encodeEvents(footer, into: &writer)
    writer.appendVarint(UInt64(footer.columns.count))
    for column in footer.columns { encode(column, into: &writer) }
    writer.append(UInt8(footer.keyFilters.isEmpty ? 0 : 1))
    for filter in footer.keyFilters { encode(filter, into: &writer) }
    return writer.bytes
  }

  private static func encodeEvents(_ footer: SegmentFooter, into writer: inout ByteWriter) {
    guard let events = footer.events else { return writer.append(UInt8(0)) }
    writer.append(UInt8(1))
    writer.appendVarint(UInt64(events.count))
    for event in events {
      writer.appendText(event.name)
      writer.appendVarint(event.count)
      writer.appendVarint(UInt64(event.quarters.count))
      for quarter in event.quarters {
        writer.append(quarter.quarter)
        writer.appendVarint(UInt64(quarter.count))
      }
    }
    for block in footer.blockEvents {
      for start in stride(from: 0, to: block.count, by: 8) {
        var byte: UInt8 = 0
        for bit in 0..<min(8, block.count - start) where block[start + bit] { byte |= 1 << bit }
        writer.append(byte)
      }
    }
  }

  private static func encode(_ column: ColumnEntry, into writer: inout ByteWriter) {
    writer.append(column.role.rawValue)
    writer.appendText(column.path)
    for count in column.kindCounts { writer.appendVarint(count) }
    if let dictionary = column.dictionary {
      writer.appendVarint(UInt64(column.dictionaryCount) + 1)
      encode(dictionary, into: &writer)
    } else {
      writer.appendVarint(0)
    }
    for (block, zone) in zip(column.blocks, column.zones) {
      encode(block, into: &writer)
      encode(zone, into: &writer)
    }
  }

  private static func encode(_ block: BlockReference, into writer: inout ByteWriter) {
    writer.appendVarint(UInt64(block.storedBytes))
    writer.appendVarint(UInt64(block.rawBytes))
    writer.append(block.checksum)
    writer.append(UInt8(block.isCompressed ? 1 : 0))
  }

  private static func encode(_ zone: ZoneMap, into writer: inout ByteWriter) {
    switch zone {
    case .unknown: writer.append(UInt8(0))
    case .ints(let least, let greatest):
      writer.append(UInt8(1))
      writer.appendZigzag(least)
      writer.appendZigzag(greatest)
    case .doubles(let least, let greatest):
      writer.append(UInt8(2))
      writer.append(least.bitPattern)
      writer.append(greatest.bitPattern)
    case .hashes(let least, let greatest):
      writer.append(UInt8(3))
      writer.append(least)
      writer.append(greatest)
    }
  }
}

/// Reads a footer back, checking every number against the others.
struct FooterDecoder {
  private var reader: ByteReader
  private let dataEnd: UInt64
  private var offset: UInt64

  /// - Parameter dataEnd: where the blocks end and the footer begins.
  init(_ bytes: UnsafeRawBufferPointer, dataEnd: UInt64) {
    reader = ByteReader(bytes)
    self.dataEnd = dataEnd
    offset = UInt64(SegmentLayout.headMagic.count)
  }

  /// Decodes the footer.
  mutating func decode() throws(MalformedBytes) -> SegmentFooter {
    guard let day = Int32(exactly: try reader.readZigzag()) else {
      throw reader.malformed("day out of range")
    }
    let rows = try reader.readCount("rows", atMost: Limits.segmentRowsMax)
    guard rows > 0 else { throw reader.malformed("segment without rows") }
    let withoutUser = try reader.readCount("rows without user", atMost: rows)
    let users = try reader.readCount("users", atMost: rows - withoutUser)
    let minTime = try reader.readZigzag()
    let maxTime = try reader.readZigzag()
    var footer = SegmentFooter(
      day: UTCDay(number: day), rowCount: rows, rowsWithoutUser: withoutUser, userCount: users,
      minTime: minTime, maxTime: maxTime, events: nil, blockEvents: [], columns: [])
    guard UTCDay(containing: minTime) == footer.day, UTCDay(containing: maxTime) == footer.day,
      minTime <= maxTime
    else { throw reader.malformed("times outside the segment's day") }
    try decodeEvents(&footer)
    // Hidden and canonical columns stand beside the properties.
    let limit = Limits.segmentColumnsMax + ColumnRole.allCases.count
    for _ in 0..<(try reader.readCount("columns", atMost: limit)) {
      footer.columns.append(try decodeColumn(footer))
    }
    try decodeKeyFilters(&footer)
    guard reader.remaining == 0 else { throw reader.malformed("bytes behind the footer") }
    guard offset == dataEnd else { throw reader.malformed("blocks do not fill the file") }
    for role in [ColumnRole.event, .user, .timestamp] where footer.column(role: role) == nil {
      throw reader.malformed("no column of \(role)")
    }
    return footer
  }

  private mutating func decodeEvents(_ footer: inout SegmentFooter) throws(MalformedBytes) {
    switch try reader.read(UInt8.self) {
    case 0: return
    case 1: break
    default: throw reader.malformed("unknown form of event counts")
    }
    var events: [EventCount] = []
    for _ in 0..<(try reader.readCount("events", atMost: Limits.countedEventsMax)) {
      events.append(try decodeEvent())
    }
    let blockBytes = (events.count + 7) / 8
    for _ in 0..<footer.blockCount {
      let bitmap = try reader.take(blockBytes)
      footer.blockEvents.append(
        (0..<events.count).map { bitmap[$0 / 8] & (1 << UInt8($0 % 8)) != 0 })
    }
    footer.events = events
  }

  private mutating func decodeEvent() throws(MalformedBytes) -> EventCount {
    let name = try reader.readText(atMost: Limits.textBytesMax)
    var event = EventCount(name: name, count: try reader.readVarint(), quarters: [])
    var sum: UInt64 = 0
    for _ in 0..<(try reader.readCount("quarters", atMost: 96)) {
      let quarter = try reader.read(UInt8.self)
      let count = UInt32(try reader.readCount("rows of a quarter", atMost: Limits.segmentRowsMax))
      let previous = event.quarters.last.map { Int($0.quarter) } ?? -1
      guard quarter < 96, Int(quarter) > previous else {
        throw reader.malformed("quarters out of order")
      }
      event.quarters.append(QuarterCount(quarter: quarter, count: count))
      sum += UInt64(count)
    }
    guard sum == event.count else { throw reader.malformed("quarters that do not add up") }
    return event
  }

  private mutating func decodeColumn(
    _ footer: SegmentFooter
  ) throws(MalformedBytes) -> ColumnEntry {
    guard let role = ColumnRole(rawValue: try reader.read(UInt8.self)) else {
      throw reader.malformed("unknown column role")
    }
    let path = try reader.readText(atMost: Limits.pathBytesMax)
    var column = ColumnEntry(
      path: path, role: role, kindCounts: [], dictionary: nil, dictionaryCount: 0, blocks: [],
      zones: [])
    var sum = 0
    for _ in ValueKind.allCases {
      let count = try reader.readCount("rows of a kind", atMost: footer.rowCount)
      column.kindCounts.append(UInt64(count))
      sum += count
    }
    guard sum == footer.rowCount else { throw reader.malformed("kinds that do not add up") }
    let entries = try reader.readCount("dictionary", atMost: Limits.dictionaryEntriesMax + 1)
    if entries > 0 {
      column.dictionaryCount = entries - 1
      column.dictionary = try decodeBlock()
    }
    for _ in 0..<footer.blockCount {
      column.blocks.append(try decodeBlock())
      column.zones.append(try decodeZone())
    }
    return column
  }

  private mutating func decodeKeyFilters(_ footer: inout SegmentFooter) throws(MalformedBytes) {
    switch try reader.read(UInt8.self) {
    case 0: return
    case 1: break
    default: throw reader.malformed("unknown form of key filters")
    }
    for _ in 0..<footer.blockCount { footer.keyFilters.append(try decodeBlock()) }
  }

  private mutating func decodeBlock() throws(MalformedBytes) -> BlockReference {
    let stored = try reader.readCount("block", atMost: Limits.blockBytesMax)
    let raw = try reader.readCount("block", atMost: Limits.blockBytesMax)
    let checksum = try reader.read(UInt32.self)
    let compressed = try reader.read(UInt8.self)
    guard compressed <= 1, compressed == 1 || stored == raw else {
      throw reader.malformed("block of two sizes")
    }
    guard UInt64(stored) <= dataEnd &- offset, offset <= dataEnd else {
      throw reader.malformed("block outside the file")
    }
    defer { offset += UInt64(stored) }
    return BlockReference(
      offset: offset, storedBytes: UInt32(stored), rawBytes: UInt32(raw), checksum: checksum,
      isCompressed: compressed == 1)
  }

  private mutating func decodeZone() throws(MalformedBytes) -> ZoneMap {
    switch try reader.read(UInt8.self) {
    case 0: return .unknown
    case 1: return .ints(least: try reader.readZigzag(), greatest: try reader.readZigzag())
    case 2:
      return .doubles(
        least: Double(bitPattern: try reader.read()),
        greatest: Double(bitPattern: try reader.read()))
    case 3: return .hashes(least: try reader.read(), greatest: try reader.read())
    default: throw reader.malformed("unknown zone map")
    }
  }
}
