// The frame of a catalogue file and the numbers in it.
//
// The body stands in a `FileFrame`. Numbers in it are LEB128 varints in their shortest form, signed
// ones zigzag coded. Texts are a length and UTF-8 bytes.

import EvtCore

/// The constants of the catalogue's format.
enum CatalogueFormat {
  static let frame = FileFrame(
    magic: Array("EVTCATLG".utf8), version: 1, noun: "catalogue",
    bytesMax: Limits.catalogueBytesMax)

  /// The sections of the body, in the order in which they stand in it.
  enum Section: UInt64, CaseIterable {
    case names = 1
    case segments = 2
    case ledger = 3
    case events = 4
    case fields = 5
    case retention = 6
    /// Only present when there are rollups.
    case rollups = 7
  }

  /// The reader must know the section, or refuse the file.
  static let critical: UInt64 = 1
  /// A writer that does not know the section copies it; without this bit it drops it.
  static let carried: UInt64 = 2
}
