// The store's own files: catalogues, and what alerts remember.

import EvtCore
import TestSupport

@testable import Analytics
@testable import Store

extension FuzzTarget {
  /// The body of a catalogue, under a right checksum. One that is accepted comes back as it is.
  static let catalogue = FuzzTarget(
    name: "catalogue",
    seeds: {
      let files = FaultyFiles()
      let store = try Store.create(files: files)
      try StoreScenario.ingest(["a"], rows: 4, into: store)
      try StoreScenario.ingest(["bb", "ccc"], rows: 6, into: store)
      return files.contents.filter { $0.key.hasPrefix(StoreLayout.catalogue) }
        .sorted { $0.key < $1.key }
        .map { Array($0.value.dropFirst(FileFrame.headerBytes).dropLast(FileFrame.trailerBytes)) }
    }
  ) { bytes in
    do {
      let sealed = CatalogueFormat.frame.wrap(bytes).bytes
      let catalogue = try CatalogueDecoder.decode(sealed, path: "catalogue").catalogue
      let again = try CatalogueDecoder.decode(catalogue.encoded().bytes, path: "catalogue")
      try Finding.unless(again.catalogue == catalogue, "a catalogue changes")
      _ = try CatalogueDecoder.decode(bytes, path: "catalogue")
    } catch is StoreError {}
  }

  /// What alerts remember. What is accepted comes back as it is.
  static let alerts = FuzzTarget(
    name: "alerts",
    seeds: {
      var memory = AlertMemory()
      memory.entries["checkout"] = AlertMemory.Entry(
        since: 1, until: nil, channels: ["ops": .init(told: -1, believes: 2)])
      memory.entries["ünlike"] = AlertMemory.Entry(
        since: nil, until: .max,
        channels: ["a": .init(told: 1, believes: nil), "b": .init(told: 0, believes: 9)])
      return [[], memory.encoded]
    }
  ) { bytes in
    guard let memory = try? AlertMemory(decoding: bytes) else { return }
    try Finding.unless(
      try AlertMemory(decoding: memory.encoded) == memory, "a memory changes")
  }
}
