// Every bound of evt with its unit and its reason.

/// The bounds that keep hostile or merely enormous input affordable.
public enum Limits {
  /// Bytes of one input line; a longer one is skipped without being held and counted as rejected.
  public static let lineBytesMax = 16 << 20
  /// Nesting of objects and arrays in one event.
  public static let nestingDepthMax = 64
  /// Levels of keys that become columns of their own; what lies deeper is kept as JSON text.
  public static let flattenedDepthMax = 8
  /// Keys of one event, counted over all its objects.
  public static let keysPerEventMax = 2_000
  /// UTF-8 bytes of a key path.
  public static let pathBytesMax = 256
  /// UTF-8 bytes of one text value.
  public static let textBytesMax = 1 << 20
  /// Columns of one segment; further paths share the overflow column.
  public static let segmentColumnsMax = 1_024
  /// Rows of one block of a column.
  public static let blockRowsMax = 65_536
  /// Rows of one segment.
  public static let segmentRowsMax = 16 << 20
  /// Bytes of a segment's footer.
  public static let footerBytesMax = 16 << 20
  /// Bytes of one catalogue generation.
  public static let catalogueBytesMax = 64 << 20
  /// Bytes of one block before compression.
  public static let blockBytesMax = 1 << 30
  /// Distinct values and bytes of a segment-wide dictionary; beyond them text is stored in its
  /// block.
  public static let dictionaryEntriesMax = 1 << 20
  public static let dictionaryBytesMax = 16 << 20
  /// Distinct event names of a segment whose counts are kept in footer and catalogue.
  public static let countedEventsMax = 1_024
  /// UTF-8 bytes of these names together; footer and catalogue hold them for every segment.
  public static let countedEventBytesMax = 64 << 10
  /// Segments that become one at a time.
  public static let mergeInputsMax = 64
  /// Bytes that the blocks of one column of all segments in a merge may have together.
  public static let mergeBlockBytesMax = 128 << 20
  /// Bytes of text that a block of a merged segment may hold beside its dictionary.
  public static let mergedTextBytesMax = 512 << 20
  /// Bytes of values that a merge may hold to move them from columns of their own to the overflow
  /// column.
  public static let mergedOverflowBytesMax = 128 << 20
  /// Bytes of values that a merge may hold to move them from overflow columns to columns of their
  /// own.
  public static let mergePromotedBytesMax = 64 << 20
  /// Bytes of segments that the compaction after a commit reads: this many, or so many times what
  /// was committed.
  public static let compactionBytesMin: UInt64 = 64 << 20
  public static let compactionBytesPerCommitted: UInt64 = 4
  /// Bytes of segments up to which merges run side by side; larger ones come one after another, for
  /// the sake of memory.
  public static let parallelMergeBytesMax: UInt64 = 16 << 20
  /// Events of a day that a rollup names, and values of a dimension that it names for each event;
  /// the others are one.
  public static let rollupEventsMax = 1_000
  public static let rollupValuesMax = 1_000
  /// UTF-8 bytes of a value or event that a rollup can name.
  public static let rollupValueBytesMax = 1_024
  /// Distinct events, or values and pairs of event and value of a dimension, of a day among which a
  /// rollup looks for the most frequent ones, and bytes of them.
  public static let rollupCandidatesMax = 1 << 18
  public static let rollupCandidateBytesMax = 16 << 20
  /// Bytes of a rollup.
  public static let rollupBytesMax = 1 << 30
  /// Names (events, paths) that the catalogue remembers for the store.
  public static let knownNamesMax = 65_536
  /// UTF-8 bytes of the names of either sort together; every generation holds them.
  public static let knownNameBytesMax = 8 << 20
  /// How far ahead of the clock an event may lie.
  public static let futureToleranceNanos: Int64 = 48 * 3_600_000_000_000
  /// Bytes that one gzip file may inflate to.
  public static let gzipOutputBytesMax: UInt64 = 64 << 30
  /// How many times its size compressed data may inflate to over a window of this many bytes.
  public static let gzipRatioMax: UInt64 = 250
  public static let gzipRatioWindowBytes: UInt64 = 64 << 20
  /// Bytes of an over-long line that the reject file keeps.
  public static let rejectedTextBytesMax = 64 << 10
  /// Bytes of a file of rules, and of what alerts remember.
  public static let rulesFileBytesMax = 1 << 20
  public static let alertStateBytesMax = 16 << 20
  /// Rules in a file; each counts events at every minute of its `for`.
  public static let rulesMax = 1_000
  /// Default memory of an ingest and of a query in bytes.
  public static let ingestMemoryBytes = 512 << 20
  public static let queryMemoryBytes = 1 << 30
}
