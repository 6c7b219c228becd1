// Every name in a store directory.

import Columnar
import EvtCore

/// The names of files and directories, relative to the store directory.
enum StoreLayout {
  static let format = "FORMAT"
  static let formatDraft = "FORMAT.new"
  static let lock = "LOCK"
  static let reserve = "RESERVE"
  static let catalogue = "catalogue"
  static let segments = "segments"
  static let rollups = "rollups"
  static let temporary = "tmp"
  static let rejects = "rejects"
  static let alerts = "alerts"
  static let alertState = "alerts/state"
  static let alertDraft = "alerts/state.new"
  static let alertLock = "alerts/LOCK"
  static let directories = [catalogue, segments, temporary, rejects]
  static let segmentSuffix = ".evs"
  static let rollupSuffix = ".evr"
  static let rejectSuffix = ".ndjson"

  /// The path of catalogue generation `number`; names sort as numbers.
  static func generation(_ number: UInt64) -> String { "\(catalogue)/\(padded(number, 20))" }

  /// The generation whose file has this name, nil for other files.
  static func generationNumber(_ name: String) -> UInt64? {
    guard name.utf8.count == 20, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return UInt64(name)
  }

  static func segment(day: UTCDay, id: UInt64) -> String {
    "\(segments)/\(day.description)-\(padded(id, 10))\(segmentSuffix)"
  }

  static func rollup(day: UTCDay, id: UInt64) -> String {
    "\(rollups)/\(day.description)-\(padded(id, 10))\(rollupSuffix)"
  }

  static func writer(_ number: Int) -> String { "\(temporary)/\(number)" }

  static func rejectFile(_ number: Int) -> String {
    "\(rejects)/\(padded(UInt64(number), 8))\(rejectSuffix)"
  }

  static func padded(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
