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

  /// Clears what earlier writers left, and what readers have let go of since.
  func clear(current: Catalogue) {
    removeDeadWriters()
    do {
      if try !generationsNotKept(current: current).isEmpty {
        // The writer before may have died between the renaming and its sync: without it, a loss of
        // power could bring the name of the old generation back, but not its file.
        try files.syncDirectory(StoreLayout.catalogue)
        removeOldGenerations(current: current)
      }
    } catch {}
    removeUnnamedFiles(current: current)
  }

  /// Removes generations that are not kept, unless a reader leases them; the current one must be
  /// durable.
  func removeOldGenerations(current: Catalogue) {
    do {
      for number in try generationsNotKept(current: current) {
        let path = StoreLayout.generation(number)
        let file = try files.open(path)
        guard try file.tryLock(.exclusive) else { continue }
        defer { file.unlock() }
        try files.remove(path)
      }
    } catch {}
  }

  /// All generations but the newest ones, and those too if they are from before a retain: what it
  /// took out of the store must leave the disk as soon as nobody reads it.
  private func generationsNotKept(current: Catalogue) throws -> [UInt64] {
    let generations = try CatalogueFiles(files: files).generations()
    let kept = generations.suffix(Self.generationsKept).filter {
      $0 >= current.retention?.generation ?? 0
    }
    return generations.filter { !kept.contains($0) }
  }

  /// Segments that are not in the store any more, but on the disk for those who still read them.
  func leasedSegments(current: Catalogue) -> [StoredSegment] {
    var leased: [UInt64: StoredSegment] = [:]
    do {
      let catalogueFiles = CatalogueFiles(files: files)
      for number in try catalogueFiles.generations() where number < current.generation {
        for segment in try catalogueFiles.read(number).catalogue.segments {
          leased[segment.id] = segment
        }
      }
    } catch {}
    for segment in current.segments { leased[segment.id] = nil }
    return Array(leased.values)
  }

  /// Removes files of segments and rollups that no generation names.
  /// - Parameter current: the newest generation, which names nearly all of them.
  func removeUnnamedFiles(current: Catalogue) {
    do {
      let named = current.paths
      let unnamed = try storedFiles().filter { !named.contains($0) }
      if unnamed.isEmpty { return }
      let catalogueFiles = CatalogueFiles(files: files)
      var kept: Set<String> = []
      for number in try catalogueFiles.generations() where number != current.generation {
        // One that cannot be read may name any of them: then nothing is removed.
        kept.formUnion(try catalogueFiles.read(number).catalogue.paths)
      }
      for path in unnamed where !kept.contains(path) { files.removeIfPossible(path) }
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

  /// The paths of all files of segments and rollups.
  func storedFiles() throws -> [String] {
    try stored(in: StoreLayout.segments, StoreLayout.segmentSuffix)
      + stored(in: StoreLayout.rollups, StoreLayout.rollupSuffix)
  }

  private func stored(in directory: String, _ suffix: String) throws -> [String] {
    do {
      return try files.list(directory)
        .filter { $0.kind == .file && $0.name.hasSuffix(suffix) }.map { "\(directory)/\($0.name)" }
    } catch let error as StoreError where error.isMissingFile && directory == StoreLayout.rollups {
      // Made with the first rollup.
      return []
    }
  }
}

extension Catalogue {
  /// The paths of all files that the generation names.
  var paths: Set<String> { Set(segments.map(\.path) + rollups.map(\.path)) }
}
