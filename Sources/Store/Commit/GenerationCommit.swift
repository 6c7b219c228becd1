// The one way in which a store changes.

import EvtCore

/// A file that becomes part of the store with a commit.
struct PreparedFile {
  var source: String
  var target: String
}

/// Makes a new generation current, or leaves everything as it was.
///
/// The order is the whole point: what a generation names is durable under its final name before the
/// generation is; the generation's content is durable before it gets its name; and success is only
/// reported when that name is durable.
struct GenerationCommit {
  let files: any StoreFiles
  let writer: WriterDirectory
  let lockWaitMilliseconds: Int

  private static let draftName = "catalogue"

  /// Changes the newest generation by `edit`, which also returns the durable files it now names,
  /// or nil for no change at all.
  /// - Returns: the new generation and the bytes of its file, or the one there was.
  /// - Throws: `StoreError`; the store is unchanged except after `.outcomeUnknown`.
  func run(_ edit: (inout Catalogue) throws -> [PreparedFile]?) throws -> Catalogue {
    try StoreLock(files: files).withLock(waitMilliseconds: lockWaitMilliseconds) {
      let current = try CatalogueFiles(files: files).newest()
      let collector = Collector(files: files)
      collector.removeDeadWriters()
      // Orphans of a writer that died within a commit hold names that are needed now.
      collector.removeUnnamedSegments(current: current.catalogue)
      var next = current.catalogue
      next.generation += 1
      next.previousHash = current.hash
      guard let prepared = try edit(&next) else { return current.catalogue }
      try publish(next, prepared)
      collector.removeOldGenerations()
      collector.removeUnnamedSegments(current: next)
      return next
    }
  }

  private func publish(_ catalogue: Catalogue, _ prepared: [PreparedFile]) throws {
    let draft = writer.file(Self.draftName)
    let target = StoreLayout.generation(catalogue.generation)
    try writeDraft(catalogue, to: draft)
    do {
      for file in prepared { try files.rename(file.source, to: file.target) }
      if !prepared.isEmpty { try files.syncDirectory(StoreLayout.segments) }
    } catch {
      for file in prepared { files.removeIfPossible(file.target) }
      throw error
    }
    do {
      try files.rename(draft, to: target)
    } catch StoreError.file(let failure) {
      // Only a draft that is still there proves that the failure happened before the renaming.
      guard (try? files.exists(draft)) == true else { throw StoreError.outcomeUnknown(failure) }
      for file in prepared { files.removeIfPossible(file.target) }
      throw StoreError.file(failure)
    }
    do {
      try files.syncDirectory(StoreLayout.catalogue)
    } catch StoreError.file(let failure) {
      throw StoreError.outcomeUnknown(failure)
    }
  }

  private func writeDraft(_ catalogue: Catalogue, to draft: String) throws {
    let bytes = catalogue.encoded().bytes
    guard bytes.count <= Limits.catalogueBytesMax else {
      throw StoreError.catalogueFull(path: files.root, bytes: bytes.count)
    }
    let file = try files.create(draft, access: .readWrite)
    try bytes.withUnsafeBytes { try file.append($0) }
    try file.sync()
  }
}
