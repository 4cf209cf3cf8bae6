import Profiler

/// Names of the files that hold the domains' profiles.
///
/// A domain's file is its name with every byte outside `[A-Za-z0-9._-]` percent-encoded, plus `.csv`. Two kinds of
/// names would collide with another file; their first byte and their capital letters are percent-encoded too, which any
/// decoder reverses:
/// - names of files that a run has, ignoring case: `texts` becomes `%74exts.csv`;
/// - names that differ in case only, which some file systems treat as equal: beside `law`, `Law` becomes `%4Caw.csv`
///   (and `law` becomes `%6Caw.csv`).
///
/// The empty name, which has nothing to encode, becomes `%.csv`. A name that would give a file name of more than 240
/// bytes is truncated and made unique by `~`, which occurs in no other file name, and the first 32 hexadecimal digits
/// of the SHA-256 of the domain's name; the manifest maps files to domains.
public enum DomainFileNames {
  /// Names reserved for other files, without `.csv`.
  static let reserved: Set<String> = [
    "texts", "summary", "comparison", "massive", "groups", "ablation", "ablation_summary", "effects", "proxies",
    "ablation_comparison", "removal", "shape", "identification",
  ]
  /// Maximum bytes of a file name: most file systems allow 255, some 240.
  static let limit = 240

  /// Returns the file names of `domains`, in their order; they are distinct even when case is ignored.
  public static func names(of domains: [String]) -> [String] {
    var uses: [String: Int] = [:]
    for domain in domains { uses[encode(domain).lowercased(), default: 0] += 1 }
    return domains.map { domain in
      let key = encode(domain).lowercased()
      let collides = reserved.contains(key) || uses[key, default: 0] > 1
      return shortened(domain.isEmpty ? "%" : encode(domain, distinguishing: collides), domain) + ".csv"
    }
  }

  /// Truncates a name that is too long for a file and appends the hash of the whole name.
  private static func shortened(_ name: String, _ domain: String) -> String {
    let end = ".csv"
    guard name.utf8.count + end.utf8.count > limit else { return name }
    let hash = "~" + Fingerprint(of: Array(domain.utf8).span).hexadecimal.prefix(32)
    var head = name.prefix(limit - end.utf8.count - hash.utf8.count)
    // Does not split an encoded byte.
    if let percent = head.suffix(2).firstIndex(of: "%") { head = head[..<percent] }
    return head + hash
  }

  private static func encode(_ domain: String, distinguishing: Bool = false) -> String {
    var name = ""
    for (index, byte) in domain.utf8.enumerated() {
      let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      if isPlain(byte), !(distinguishing && (index == 0 || isCapital)) {
        name.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return name
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
