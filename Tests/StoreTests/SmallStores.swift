// Stores that several suites begin with, and what must hold of any.

import EvtCore
import TestSupport
import Testing

@testable import Store

/// A store with ten rows on each of `days` days.
func tenRowsADay(days: Int = 10) throws -> (files: FaultyFiles, store: Store) {
  let files = FaultyFiles()
  let store = try Store.create(files: files)
  let rows = Dictionary(uniqueKeysWithValues: (0..<days).map { ($0, 10) })
  try StoreScenario.ingest("a", rowsByDay: rows, into: store)
  return (files, store)
}

/// Expects that a check of the store finds nothing.
func expectClean(_ files: any StoreFiles) throws {
  let report = try checkStore(files: files, pool: WorkerPool(threads: 1))
  #expect(report.checks.filter { $0.status != .pass } == [])
}
