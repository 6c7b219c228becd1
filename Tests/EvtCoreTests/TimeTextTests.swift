// Instants in and out, by tables and against the calendar counted day by day.

import TestSupport
import Testing

@testable import EvtCore

@Suite("Time text")
struct TimeTextTests {
  @Test(
    "RFC 3339 and its relatives are read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("1970-01-01 00:00:01", 1_000_000_000),
      ("2015-09-12T00:46:58.771Z", 1_442_018_818_771_000_000),
      ("2015-09-12t00:46:58.771z", 1_442_018_818_771_000_000),
      ("2015-09-12 00:46:58,771", 1_442_018_818_771_000_000),
      ("2015-09-12T02:46:58.771+02:00", 1_442_018_818_771_000_000),
      ("2015-09-12T02:46:58.771+0200", 1_442_018_818_771_000_000),
      ("2015-09-12T02:46:58.771+02", 1_442_018_818_771_000_000),
      ("2015-09-11T21:01:58.771-03:45", 1_442_018_818_771_000_000),
      ("2015-09-12 00:46:58.771 UTC", 1_442_018_818_771_000_000),
      ("2015-09-12 00:46:58 +0000", 1_442_018_818_000_000_000),
      ("2015-09-12 00:46", 1_442_018_760_000_000_000),
      ("1969-12-31T23:59:59.999999999Z", -1), ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
      ("2016-12-31T18:59:60-05:00", 1_483_228_800_000_000_000),
      ("2026-01-01T00:00:00.000000001Z", 1_767_225_600_000_000_001),
      ("2026-01-01T00:00:00.00000000100000Z", 1_767_225_600_000_000_001),
      ("2262-04-11T23:47:16.854775807Z", Int64.max),
      ("1677-09-21T00:12:43.145224192Z", Int64.min),
    ] as [(String, Int64)])
  func reads(text: String, nanoseconds: Int64) {
    #expect(TimeText.parse(text) == nanoseconds)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "yesterday", "2015", "2015-09", "2015-9-12", "2015-00-12", "2015-13-01", "2015-02-29",
      "1900-02-29", "2015-04-31", "2015-09-00", "2015-09-32", "2015-09-12T", "2015-09-12T24:00:00Z",
      "2015-09-12T00:60:00Z", "2015-09-12T00:00:60Z", "2015-09-12T00:00:61Z",
      "2015-09-12T00:00:00.Z",
      "2015-09-12T00:00:00+24:00", "2015-09-12T00:00:00+01:60", "2015-09-12T00:00:00X",
      "2015-09-12T00:00:00Z ", " 2015-09-12", "2015-09-12T0:00:00Z", "2015/09/12", "20150912",
      "2015-09-12T00:00:00+1", "2015-09-12T00:00:00 UT", "٢٠١٥-09-12", "-015-09-12", "2015-09-12Z",
    ])
  func refuses(text: String) {
    #expect(TimeText.parse(text) == nil)
  }

  @Test("what cannot be kept exactly says so")
  func failures() {
    #expect(failure("2026-01-01T00:00:00.0000000001Z") == .tooPrecise)
    #expect(failure("2262-04-11T23:47:16.854775808Z") == .outOfRange)
    #expect(failure("9999-12-31T00:00:00Z") == .outOfRange)
    #expect(failure("soon") == .notATime)
  }

  private func failure(_ text: String) -> TimeText.Failure? {
    var text = text
    return text.withUTF8 { bytes -> TimeText.Failure? in
      do {
        _ = try TimeText.read(UnsafeRawBufferPointer(bytes))
        return nil
      } catch {
        return error as? TimeText.Failure
      }
    }
  }

  @Test(
    "epoch numbers are told apart by magnitude",
    arguments: [
      ("946684800", 946_684_800_000_000_000), ("4102444799", 4_102_444_799_000_000_000),
      ("1442018818", 1_442_018_818_000_000_000), ("1442018818771", 1_442_018_818_771_000_000),
      ("1442018818771123", 1_442_018_818_771_123_000),
      ("1442018818771123456", 1_442_018_818_771_123_456),
      ("1442018818.771", 1_442_018_818_771_000_000),
      ("1442018818.771123456", 1_442_018_818_771_123_456),
      ("1442018818.771123456000", 1_442_018_818_771_123_456),
      ("1442018818771.25", 1_442_018_818_771_250_000), ("1.442018818e9", 1_442_018_818_000_000_000),
      ("144201881800e-2", 1_442_018_818_000_000_000),
      ("1442018818771.0", 1_442_018_818_771_000_000),
    ] as [(String, Int64)])
  func epochs(text: String, nanoseconds: Int64) {
    #expect(TimeText.epoch(text) == nanoseconds)
  }

  @Test(
    "numbers outside of 2000 to 2099 are no times",
    arguments: [
      "0", "-1", "946684799", "4102444800", "20150912", "946684799999", "99999999999999999999",
      "1e300", "-1442018818", "1442018818.1234567891", "1442018818771123456.5", "1.5", "abc", "",
      "1e-300", "00001442018818",
    ])
  func noEpochs(text: String) {
    #expect(TimeText.epoch(text) == nil)
  }

  @Test(
    "instants are written as short as exact",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000000001Z"),
      (-1, "1969-12-31T23:59:59.999999999Z"),
      (1_442_018_818_770_000_000, "2015-09-12T00:46:58.77Z"),
      (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
    ] as [(Int64, String)])
  func formats(nanoseconds: Int64, text: String) {
    #expect(TimeText.format(nanoseconds) == text)
  }

  @Test("random instants come back from their text")
  func roundTrip() {
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let time = Int64(bitPattern: random.next()) >> Int64(random.below(30))
      let text = TimeText.format(time)
      #expect(TimeText.parse(text) == time, "seed \(seed): \(text)")
    }
  }

  @Test("the commonest forms are read like any other, and so is what only looks like them")
  func plainTwin() {
    var state: UInt64 = 7
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    func read(_ text: [UInt8], _ read: (UnsafeRawBufferPointer) throws -> Int64) -> String {
      text.withUnsafeBytes { bytes in
        do { return "\(try read(bytes))" } catch { return "\(error)" }
      }
    }
    for _ in 0..<40_000 {
      func padded(_ bound: UInt64) -> String {
        let number = random(bound)
        return number < 10 ? "0\(number)" : "\(number)"
      }
      // Months, days, hours, minutes and seconds that there are not, too.
      var text =
        "\(1_960 + random(310))-\(padded(14))-\(padded(33))T"
        + "\(padded(25)):\(padded(61)):\(padded(62))"
      if random(2) == 0 { text += ".\(100 + random(900))" }
      var bytes = Array((text + "Z").utf8)
      if random(4) == 0 { bytes[Int(random(UInt64(bytes.count)))] = UInt8(random(256)) }
      #expect(read(bytes, TimeText.read) == read(bytes, TimeText.readPartByPart), "\(text)")
    }
  }

  @Test("every day from 1900 to 2200 is counted like a calendar on the wall")
  func calendar() {
    var number = -25_567
    for year in 1900...2200 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, days) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        .enumerated()
      {
        for day in 1...days {
          let text = "\(year)-\(padded(month + 1))-\(padded(day))"
          #expect(TimeText.parse(text) == Int64(number) * UTCDay.nanoseconds)
          number += 1
        }
        #expect(TimeText.parse("\(year)-\(padded(month + 1))-\(padded(days + 1))") == nil)
      }
    }
  }

  private func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
