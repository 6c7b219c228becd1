// Removes what no generation needs any more. Everything here runs under the store's lock.

import Columnar

/// Clears generations, segments and writers' directories that nobody needs.
///
/// All of it is best effort: what cannot be removed now is removed by a later writer, and none of
/// it can change an answer.
struct Collector {
  let files: any StoreFiles

  /// Generations that are kept even if nobody leases them.
  static let generationsKept = 2

  /// Removes generations other than the newest ones, unless a reader leases them.
  func removeOldGenerations() {
    do {
      for number in try CatalogueFiles(files: files).generations().dropLast(Self.generationsKept) {
        let path = StoreLayout.generation(number)
        let file = try files.open(path)
        guard try file.tryLock(.exclusive) else { continue }
        defer { file.unlock() }
        try files.remove(path)
      }
    } catch {}
  }

  /// Removes segment files that no generation names.
  /// - Parameter current: the newest generation, which names nearly all of them.
  func removeUnnamedSegments(current: Catalogue) {
    do {
      let named = names(in: current)
      let unnamed = try segmentFiles().filter { !named.contains($0) }
      if unnamed.isEmpty { return }
      let catalogueFiles = CatalogueFiles(files: files)
      var kept: Set<String> = []
      for number in try catalogueFiles.generations() where number != current.generation {
        // One that cannot be read may name any of them: then nothing is removed.
        kept.formUnion(names(in: try catalogueFiles.read(number).catalogue))
      }
      for name in unnamed where !kept.contains(name) {
        files.removeIfPossible("\(StoreLayout.segments)/\(name)")
      }
    } catch {}
  }

  /// Removes the directories of writers that have ended.
  func removeDeadWriters() {
    do {
      for entry in try files.list(StoreLayout.temporary)
      where entry.kind == .directory && Int(entry.name) != nil {
        let path = "\(StoreLayout.temporary)/\(entry.name)"
        guard let lock = try? files.open(path), try lock.tryLock(.exclusive) else { continue }
        defer { lock.unlock() }
        clearDirectory(path, files)
      }
    } catch {}
  }

  /// The names of all segment files.
  func segmentFiles() throws -> [String] {
    try files.list(StoreLayout.segments)
      .filter { $0.kind == .file && $0.name.hasSuffix(StoreLayout.segmentSuffix) }.map(\.name)
  }

  private func names(in catalogue: Catalogue) -> Set<String> {
    Set(catalogue.segments.map { StoreLayout.segmentName(day: $0.summary.day, id: $0.id) })
  }
}
