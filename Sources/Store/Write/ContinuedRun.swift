// A run of several commits: what `evt ingest --follow` is.

import Columnar
import EvtCore

/// A run that goes on from one transaction to the next: its rows have one number, its rejects one
/// file, and each of its inputs one entry in the ledger. Used from one thread.
public final class ContinuedRun {
  /// The rejected lines of all its transactions.
  public let rejects: RejectFile
  /// Its number, nil before its first commit.
  public private(set) var run: UInt64?
  /// The last generation whose ledger it knows all of.
  private var generation: UInt64

  /// Begins a run in `store`, whose ledger is known up to `snapshot`.
  public init(_ store: Store, knowing snapshot: Snapshot) {
    rejects = RejectFile(files: store.files)
    generation = snapshot.generation
  }

  /// Another process may have loaded the same file since, also its part that is to be committed
  /// now; its rows must count once.
  func refuseOverlaps(of sources: [SourceRecord], in catalogue: Catalogue, root: String) throws {
    for entry in catalogue.ledger where entry.generation > generation && entry.run != run {
      let isOverlap = sources.contains { source in
        (source.inode != 0 && source.inode == entry.source.inode
          && source.device == entry.source.device)
          || source.content.prefixHash == entry.source.content.prefixHash
      }
      guard isOverlap else { continue }
      throw StoreError.busy(
        path: root, what: "another evt has ingested \(entry.source.name), which is followed here")
    }
  }

  /// Notes a commit.
  func advance(run: UInt64, generation: UInt64) {
    self.run = run
    self.generation = generation
  }
}

/// An input that was read to its end, or to where it ends for now.
struct FinishedSource {
  var record: SourceRecord
  /// Its record in the last commit of the same run.
  var previous: SourceRecord?
  /// Nil if it brought no rows.
  var ordinal: UInt64?

  /// Puts it into the ledger; so many of its rows were left out as duplicates in this transaction.
  func enter(into catalogue: inout Catalogue, run: UInt64, duplicates: UInt64) {
    var entry = LedgerEntry(
      source: record, run: run, generation: catalogue.generation, ordinal: ordinal)
    if let previous,
      let index = catalogue.ledger.lastIndex(where: {
        $0.run == run && $0.source.content == previous.content
      })
    {
      // Whoever reads the input knows nothing of duplicates.
      entry.source.duplicates = catalogue.ledger[index].source.duplicates
      entry.ordinal = ordinal ?? catalogue.ledger[index].ordinal
      catalogue.ledger.remove(at: index)
    }
    entry.source.duplicates &+= duplicates
    catalogue.ledger.append(entry)
  }
}
