// Files of zones: all versions, and damage in every place.

import TestSupport
import Testing

@testable import EvtCore

@Suite("ZoneFile") struct ZoneFileTests {
  /// A file as zic writes it.
  struct Image {
    var version: UInt8 = UInt8(ascii: "2")
    var offsets: [Int64] = [3_600, 7_200]
    var changes: [(second: Int64, type: UInt8)] = [
      (1_774_746_000, 1), (1_792_890_000, 0), (1_806_195_600, 1),
    ]
    var footer = "CET-1CEST,M3.5.0,M10.5.0/3"
    var leapSeconds = 0

    var bytes: [UInt8] {
      let first = data(timeBytes: 4)
      guard version >= UInt8(ascii: "2") else { return first }
      return first + data(timeBytes: 8) + Array("\n\(footer)\n".utf8)
    }

    private func data(timeBytes: Int) -> [UInt8] {
      var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
      for count in [0, offsets.count, leapSeconds, changes.count, offsets.count, 4] {
        bytes += Self.bigEndian(Int64(count), 4)
      }
      for change in changes { bytes += Self.bigEndian(change.second, timeBytes) }
      bytes += changes.map(\.type)
      for offset in offsets { bytes += Self.bigEndian(offset, 4) + [0, 0] }
      bytes += Array("ABC".utf8) + [0]
      bytes += [UInt8](repeating: 0, count: leapSeconds * (timeBytes + 4) + offsets.count)
      return bytes
    }

    static func bigEndian(_ value: Int64, _ size: Int) -> [UInt8] {
      (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
    }
  }

  static func read(_ image: Image) throws -> ZoneRules {
    try ZoneRules(name: "Test/Zone", file: image.bytes)
  }

  @Test("reads versions 1 to 4", arguments: [0, 0x32, 0x33, 0x34] as [UInt8])
  func versions(version: UInt8) throws {
    let rules = try Self.read(Image(version: version))
    #expect(rules.name == "Test/Zone")
    #expect(rules.offset(at: 0) == 3_600)
    #expect(rules.offset(at: 1_774_745_999_999_999_999) == 3_600)
    #expect(rules.offset(at: 1_774_746_000_000_000_000) == 7_200)
    #expect(rules.offset(at: 1_792_890_000_000_000_000) == 3_600)
    // Behind the table the rule of the footer holds, which version 1 has not.
    let winter2050: Int64 = 2_524_608_000_000_000_000
    #expect(rules.offset(at: winter2050) == (version == 0 ? 7_200 : 3_600))
  }

  @Test("reads tables without changes, and footers without a rule") func plain() throws {
    var image = Image(offsets: [-12_600], changes: [], footer: "<-0330>3:30")
    #expect(try Self.read(image).offset(at: 0) == -12_600)
    image.footer = ""
    #expect(try Self.read(image).changes.isEmpty)
    image.footer = "NST3:30NDT,M3.2.0,M11.1.0"
    #expect(try Self.read(image).offset(at: 1_784_000_000_000_000_000) == -9_000)
  }

  static let wrong: [(String, @Sendable (inout Image) -> Void)] = [
    ("leap seconds", { $0.leapSeconds = 1 }), ("times out of order", { $0.changes[1].second = 1 }),
    ("an offset of 93600 seconds", { $0.offsets[0] = 93_600 }),
    ("an offset of -90000 seconds", { $0.offsets[1] = -90_000 }),
    ("names an offset", { $0.changes[0].type = 2 }), ("has no offset", { $0.offsets = [] }),
    ("is no rule", { $0.footer = "CET" }),
    ("is too long", { $0.footer = .init(repeating: "x", count: 300_000) }),
  ]

  @Test("says what is wrong", arguments: wrong.indices) func refuse(row: Int) throws {
    var image = Image()
    Self.wrong[row].1(&image)
    if row == 5 { image.changes = [] }
    let error = #expect(throws: MalformedBytes.self) { try Self.read(image) }
    #expect(error?.what.contains(Self.wrong[row].0) == true, "\(error?.what ?? "")")
  }

  /// Asks everything of what could be read.
  static func use(_ bytes: [UInt8]) -> Bool {
    guard let rules = try? ZoneRules(name: "Test/Zone", file: bytes) else { return false }
    for instant in [Int64.min, -1, 1_774_746_000_000_000_000, 4_000_000_000_000_000_000, .max] {
      _ = rules.format(instant)
      for unit in CalendarBucketsTests.units {
        let buckets = CalendarBuckets(unit, zone: rules)
        #expect(buckets.bucket(containing: instant).contains(instant))
      }
    }
    return true
  }

  @Test("bears files that end early") func truncation() throws {
    let bytes = Image().bytes
    for count in 0..<bytes.count { #expect(!Self.use(Array(bytes.prefix(count)))) }
    #expect(Self.use(bytes) && Self.use(bytes + [1, 2, 3]))
    guard SystemCalendar.hasZones else { return }
    let real = try SystemCalendar.file(of: "America/Sao_Paulo")
    for count in 0..<real.count { #expect(!Self.use(Array(real.prefix(count)))) }
  }

  @Test("bears every flipped bit") func flips() throws {
    var images = [Image().bytes, Image(version: 0).bytes]
    if SystemCalendar.hasZones { images.append(try SystemCalendar.file(of: "Asia/Kathmandu")) }
    for var bytes in images {
      for bit in 0..<bytes.count * 8 {
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        _ = Self.use(bytes)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      }
    }
  }

  @Test("bears random damage in many places", arguments: 0..<4) func damage(seed: Int) throws {
    guard SystemCalendar.hasZones else { return }
    var random = SeededGenerator(seed: UInt64(seed))
    let bytes = try SystemCalendar.file(of: "America/St_Johns")
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0...random.below(8) {
        damaged[random.below(bytes.count)] = random.pick([0, 1, 0x7F, 0x80, 0xFF])
      }
      _ = Self.use(damaged)
    }
  }

  @Test("knows a zone's file by its first bytes") func magic() {
    #expect(ZoneRules.isZoneFile(Image().bytes))
    #expect(!ZoneRules.isZoneFile(Array("# tzdata".utf8)) && !ZoneRules.isZoneFile([]))
  }
}
