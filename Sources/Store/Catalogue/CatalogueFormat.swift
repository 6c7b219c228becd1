// The frame of a catalogue file and the numbers in it.
//
//   offset  bytes  field
//        0      8  magic "EVTCATLG"
//        8      4  version, 1
//       12      4  reserved, 0
//       16      8  length of the body in bytes
//       24      n  body
//     24+n     16  hash of all bytes before: XXH64 of two seeds, high half first
//
// Fixed numbers are little endian; all others are LEB128 varints in their shortest form, signed
// ones zigzag coded. Texts are a length and UTF-8 bytes.

import EvtCore

/// The constants of the catalogue's format.
enum CatalogueFormat {
  static let magic: [UInt8] = Array("EVTCATLG".utf8)
  static let version: UInt32 = 1
  static let headerBytes = 24
  static let trailerBytes = 16

  /// The sections of the body, in the order in which they stand in it.
  enum Section: UInt64, CaseIterable {
    case names = 1
    case segments = 2
    case ledger = 3
    case events = 4
    case fields = 5
    case retention = 6
  }

  /// The reader must know the section, or refuse the file.
  static let critical: UInt64 = 1
  /// A writer that does not know the section copies it; without this bit it drops it.
  static let carried: UInt64 = 2
}
