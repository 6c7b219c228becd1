// Where batches go when nothing is to be stored.

import Columnar

/// A sink that knows what a store knows and keeps nothing: `evt ingest --dry-run`.
final class DiscardingSink: BatchSink {
  let knownSources: [SourceRecord]

  init(_ knownSources: [SourceRecord]) { self.knownSources = knownSources }

  func accept(_ batch: EventBatch) throws {}
  func finishSource(_ record: SourceRecord) throws {}
  func abandonSource(_ ordinal: Int) throws {}
}
