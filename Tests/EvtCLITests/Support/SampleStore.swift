// A store of the samples, made once and copied for each test.

import Foundation

/// A directory with `Samples` and a store of the shop's two weeks, `shop.evt`.
enum SampleStore {
  /// The newest event of the samples is of the day before.
  static let now = "2025-03-17T00:00:00Z"
  static let environment = ["EVT_STORE": "shop.evt", "EVT_NOW": now]

  private static let template = Result { () throws -> WorkDirectory in
    let directory = try WorkDirectory()
    let path = directory.path
    // A static lives as long as the process; its directory need not live longer.
    atexit { SampleStore.remove() }
    try FileManager.default.createSymbolicLink(
      atPath: path + "/Samples", withDestinationPath: Program.repository + "/Samples")
    let result = try Program.shell(
      "evt ingest Samples/shop.ndjson Samples/shop-2.ndjson.gz", in: path, environment: environment)
    guard result.status == 0 else { throw Unprepared(result: result) }
    return directory
  }

  private static func remove() {
    guard let path = try? template.get().path else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Makes a fresh copy.
  static func directory() throws -> WorkDirectory {
    let directory = try WorkDirectory()
    let template = try template.get().path
    for name in try FileManager.default.contentsOfDirectory(atPath: template) {
      try FileManager.default.copyItem(
        atPath: template + "/" + name, toPath: directory.path + "/" + name)
    }
    return directory
  }

  /// The samples could not be loaded.
  struct Unprepared: Error { var result: ProgramResult }
}
