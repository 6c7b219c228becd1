// Rollups to bytes and back, for bytes that may be anything. `evt-format(5)` has every byte.
//
//   day                 zigzag
//   users, sessions     two times varint; hashes of 40 bits, ascending: the first one as varint, of
//                       the others the differences
//   names               varint; texts, ascending
//   events              varint; by name ascending: name as text, hours
//   other events        hours
//   dimensions          varint; by path ascending: path as text, bytes of the groups as varint,
//                       groups
//   hours               varint; ascending: hour as u8, figures
//   groups              varint; event as varint (its index, or the number of events for the
//                       others), kind as u8 (5 for all other values), value as text, figures
//   figures             rows as varint, sketch of users, sketch of sessions (`DistinctSketch`)

import EvtCore

/// The stored form of rollups, without the frame of a file.
public enum RollupCoding {
  /// The kind of all values that are not listed.
  private static let otherKind: UInt8 = 5

  /// The bytes of `rollup`; equal ones give equal bytes.
  public static func encode(_ rollup: DayRollup) -> [UInt8] {
    var writer = ByteWriter()
    writer.appendZigzag(Int64(rollup.day.number))
    encode(rollup.identities.users, &writer)
    encode(rollup.identities.sessions, &writer)
    writer.appendVarint(UInt64(rollup.names.count))
    for name in rollup.names { writer.appendText(name) }
    writer.appendVarint(UInt64(rollup.events.count))
    for event in rollup.events {
      writer.appendText(event.name)
      encode(event.hours, rollup, &writer)
    }
    encode(rollup.otherHours, rollup, &writer)
    writer.appendVarint(UInt64(rollup.dimensions.count))
    for dimension in rollup.dimensions {
      writer.appendText(dimension.path)
      writer.appendVarint(UInt64(dimension.groups.count))
      dimension.groups.withUnsafeBytes { writer.append(contentsOf: $0) }
    }
    return writer.bytes
  }

  /// The bytes of the groups of a dimension of `rollup`, of which the rest is known.
  static func encode(_ groups: [RollupGroup], of rollup: DayRollup) -> [UInt8] {
    var writer = ByteWriter()
    writer.appendVarint(UInt64(groups.count))
    for group in groups {
      writer.appendVarint(UInt64(group.event ?? rollup.events.count))
      writer.append(group.value?.kind.rawValue ?? otherKind)
      let text = group.value?.text ?? []
      writer.appendVarint(UInt64(text.count))
      text.withUnsafeBytes { writer.append(contentsOf: $0) }
      encode(group.figures, rollup, &writer)
    }
    return writer.bytes
  }

  private static func encode(_ hashes: [UInt64], _ writer: inout ByteWriter) {
    writer.appendVarint(UInt64(hashes.count))
    var last: UInt64 = 0
    for hash in hashes {
      writer.appendVarint(hash - last)
      last = hash
    }
  }

  private static func encode(
    _ hours: [RollupHour], _ rollup: DayRollup, _ writer: inout ByteWriter
  ) {
    writer.appendVarint(UInt64(hours.count))
    for hour in hours {
      writer.append(UInt8(hour.hour))
      encode(hour.figures, rollup, &writer)
    }
  }

  private static func encode(
    _ figures: RollupFigures, _ rollup: DayRollup, _ writer: inout ByteWriter
  ) {
    writer.appendVarint(figures.rows)
    figures.users.encode(into: &writer, among: rollup.identities.users)
    figures.sessions.encode(into: &writer, among: rollup.identities.sessions)
  }
}

extension RollupCoding {
  /// Reads a rollup; its dimensions only as far as to know where they end.
  public static func decode(_ bytes: [UInt8]) throws(MalformedBytes) -> DayRollup {
    try reading(bytes) { reader throws(MalformedBytes) in
      guard let number = Int32(exactly: try reader.readZigzag()) else {
        throw reader.malformed("a day out of range")
      }
      var rollup = DayRollup(day: UTCDay(number: number))
      rollup.identities.users = try hashes(&reader)
      rollup.identities.sessions = try hashes(&reader)
      let identities = rollup.identities
      rollup.names = try ascending(&reader, bytesEach: 1) { reader throws(MalformedBytes) in
        let name = try reader.readText(atMost: reader.remaining)
        return (name, name)
      }
      rollup.events = try ascending(&reader, bytesEach: 2) { reader throws(MalformedBytes) in
        let name = try reader.readText(atMost: reader.remaining)
        return (name, RollupEvent(name: name, hours: try hours(&reader, identities)))
      }
      rollup.otherHours = try hours(&reader, identities)
      rollup.dimensions = try ascending(&reader, bytesEach: 3) { reader throws(MalformedBytes) in
        let path = try reader.readText(atMost: reader.remaining)
        let count = try reader.readCount("length of groups", atMost: reader.remaining)
        return (path, RollupDimension(path: path, groups: Array(try reader.take(count))))
      }
      return rollup
    }
  }

  /// Reads all of it, for whoever wants to know whether it can be read.
  public static func check(_ rollup: DayRollup) throws(MalformedBytes) {
    for dimension in rollup.dimensions {
      _ = try decodeGroups(dimension.groups, of: rollup)
    }
  }

  /// Reads the groups of a dimension.
  static func decodeGroups(
    _ bytes: [UInt8], of rollup: DayRollup
  ) throws(MalformedBytes) -> [RollupGroup] {
    try reading(bytes) { reader throws(MalformedBytes) in
      let count = try reader.readCount("number of groups", atMost: reader.remaining / 6)
      var groups: [RollupGroup] = []
      groups.reserveCapacity(count)
      for _ in 0..<count { groups.append(try group(&reader, rollup)) }
      return groups
    }
  }

  private static func group(
    _ reader: inout ByteReader, _ rollup: DayRollup
  ) throws(MalformedBytes) -> RollupGroup {
    let eventCount = rollup.events.count
    let event = try reader.readCount("event", atMost: eventCount)
    let kind: UInt8 = try reader.read()
    let text = try reader.take(
      try reader.readCount("length of a value", atMost: Limits.rollupValueBytesMax))
    var value: RollupValue?
    if kind != otherKind {
      guard let kind = RollupValue.Kind(rawValue: kind) else {
        throw reader.malformed("a value of an unknown kind")
      }
      value = RollupValue(kind, text)
    }
    return RollupGroup(
      event: event < eventCount ? event : nil, value: value,
      figures: try figures(&reader, rollup.identities))
  }

  private static func hashes(_ reader: inout ByteReader) throws(MalformedBytes) -> [UInt64] {
    let count = try reader.readCount("number of hashes", atMost: reader.remaining)
    let greatest = DistinctSketch.kept(of: .max)
    var hashes: [UInt64] = []
    hashes.reserveCapacity(count)
    for _ in 0..<count {
      let last = hashes.last ?? 0
      let step = try reader.readVarint()
      guard step > 0 || hashes.isEmpty, step <= greatest - last else {
        throw reader.malformed("hashes out of order")
      }
      hashes.append(last + step)
    }
    return hashes
  }

  private static func hours(
    _ reader: inout ByteReader, _ identities: RollupIdentities
  ) throws(MalformedBytes) -> [RollupHour] {
    let count = try reader.readCount("number of hours", atMost: 24)
    var hours: [RollupHour] = []
    for _ in 0..<count {
      let hour = Int(try reader.read(UInt8.self))
      guard hour < 24, hour > hours.last?.hour ?? -1 else {
        throw reader.malformed("hours out of order")
      }
      hours.append(RollupHour(hour: hour, figures: try figures(&reader, identities)))
    }
    return hours
  }

  private static func figures(
    _ reader: inout ByteReader, _ identities: RollupIdentities
  ) throws(MalformedBytes) -> RollupFigures {
    var figures = RollupFigures()
    figures.rows = try reader.readVarint()
    figures.users = try DistinctSketch(&reader, among: identities.users)
    figures.sessions = try DistinctSketch(&reader, among: identities.sessions)
    return figures
  }

  /// Reads a list of elements of at least `bytesEach` bytes whose keys ascend.
  private static func ascending<Element>(
    _ reader: inout ByteReader, bytesEach: Int,
    _ element: (inout ByteReader) throws(MalformedBytes) -> (key: String, Element)
  ) throws(MalformedBytes) -> [Element] {
    let count = try reader.readCount("number of elements", atMost: reader.remaining / bytesEach)
    var elements: [Element] = []
    var last: String?
    for _ in 0..<count {
      let (key, next) = try element(&reader)
      if let last, !(ExactText(last) < ExactText(key)) {
        throw reader.malformed("names out of order")
      }
      elements.append(next)
      last = key
    }
    return elements
  }

  /// Calls `body` with a cursor over `bytes`, all of which it must read.
  private static func reading<Result>(
    _ bytes: [UInt8], _ body: (inout ByteReader) throws(MalformedBytes) -> Result
  ) throws(MalformedBytes) -> Result {
    let result = bytes.withUnsafeBytes { bytes -> Swift.Result<Result, MalformedBytes> in
      var reader = ByteReader(bytes)
      do throws(MalformedBytes) {
        let result = try body(&reader)
        guard reader.remaining == 0 else { throw reader.malformed("bytes are left over") }
        return .success(result)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
