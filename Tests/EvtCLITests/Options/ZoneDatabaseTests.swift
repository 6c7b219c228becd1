// Tests of ZoneDatabase: names lead to zones of one directory, or to words.

import EvtCore
import Foundation
import TestSupport
import Testing

@testable import EvtCLI

@Suite("Zone database")
struct ZoneDatabaseTests {
  @Test("the system's zones are found by name", .enabled(if: SystemCalendar.hasZones))
  func finds() throws {
    let rules = try ZoneDatabase.system.rules(of: "Europe/Berlin")
    #expect(rules == (try SystemCalendar.rules(of: "Europe/Berlin")))
    #expect(rules.name == "Europe/Berlin")
  }

  @Test("every zone that the system lists can be read", .enabled(if: SystemCalendar.hasZones))
  func readsAll() throws {
    let names = ZoneDatabase.system.names
    #expect(names.count > 300 && names.contains("UTC") && names.contains("Asia/Kathmandu"))
    for name in names { _ = try ZoneDatabase.system.rules(of: name) }
  }

  @Test("UTC needs no database")
  func utc() throws {
    #expect(try ZoneDatabase(directory: "/nowhere").rules(of: "UTC") == .utc)
  }

  @Test(
    "names that could lead elsewhere are unknown ones",
    arguments: [
      "", "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "Europe//Berlin", "Europe/", "./UTC",
      "Europe/Berlin\0", "Europe/Berlin ", "Ëurope/Berlin", String(repeating: "a", count: 300),
    ])
  func names(_ name: String) {
    #expect(!ZoneDatabase.isName(name))
    #expect(throws: ZoneError.self) { try ZoneDatabase.system.rules(of: name) }
  }

  private func database(_ files: [String: String]) throws -> (WorkDirectory, ZoneDatabase) {
    let directory = try WorkDirectory()
    for (name, text) in files {
      let folder = (directory.path + "/" + name as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try directory.write(text, to: name)
    }
    return (directory, ZoneDatabase(directory: directory.path))
  }

  private func error(_ database: ZoneDatabase, _ name: String) -> ZoneError? {
    #expect(throws: ZoneError.self) { try database.rules(of: name) }
  }

  @Test("unknown names come with near ones, from whichever table there is")
  func suggests() throws {
    let tables = [
      (
        "tzdata.zi",
        "# version 2025b\nR a 1 2\nZ Europe/Berlin 0:53:28 - LMT\nL Europe/Berlin Arctic/Longyearbyen\n"
      ),
      ("zone1970.tab", "# c\nDE,DK\t+5230+01322\tEurope/Berlin\tmost of Germany\n"),
      ("zone.tab", "DE\t+5230+01322\tEurope/Berlin\n"),
    ]
    for (name, text) in tables {
      let (directory, zones) = try database([name: text, "Europe/Other": "x"])
      for typo in ["Europe/Berlni", "europe/berlin", "Berlin"] {
        #expect(
          error(zones, typo) == .unknown(name: typo, suggestions: ["Europe/Berlin"]), "\(name)")
      }
      // A folder, and a file that is no zone.
      #expect(error(zones, "Europe")?.status == .usage)
      #expect(error(zones, "Europe/Other")?.status == .usage)
      _ = directory
    }
  }

  @Test("a system without zones says what to install")
  func noDatabase() {
    let found = error(ZoneDatabase(directory: "/nowhere"), "Europe/Berlin")
    #expect(found == .noDatabase(name: "Europe/Berlin", directory: "/nowhere"))
    #expect(found?.status == .inputMissing && found?.help.contains("tzdata") == true)
  }

  @Test("a damaged zone is told from an unknown one")
  func damaged() throws {
    let (directory, zones) = try database(["Europe/Berlin": "TZif2", "tzdata.zi": "Z A/B 0\n"])
    let found = error(zones, "Europe/Berlin")
    #expect(found == .damaged(path: directory.path + "/Europe/Berlin", what: "ends early"))
    #expect(found?.status == .dataUnusable)
  }

  @Test("zones that count leap seconds are refused")
  func leapSeconds() {
    guard FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/right/UTC") else { return }
    let found = error(ZoneDatabase.system, "right/Europe/Berlin")
    #expect(found?.message.contains("leap seconds") == true)
  }

  @Test("TZDIR names another directory", .enabled(if: SystemCalendar.hasZones))
  func environment() throws {
    let directory = try SampleStore.directory()
    let script = "evt trend --every month --tz Europe/Berlin -f csv"
    let usual = try Program.shell(
      script, in: directory.path, environment: SampleStore.environment)
    #expect(usual.status == 0)
    let moved = try Program.shell(
      "mkdir -p zones/Europe && cp /usr/share/zoneinfo/Europe/Berlin zones/Europe/ && TZDIR=zones \(script)",
      in: directory.path, environment: SampleStore.environment)
    #expect(moved == usual)
    let none = try Program.shell(
      "TZDIR=nowhere \(script)", in: directory.path, environment: SampleStore.environment)
    #expect(none.status == 66 && none.stderr.contains("install the package tzdata"))
  }
}
