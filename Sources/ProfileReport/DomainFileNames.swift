import Profiler

/// The names of the files that hold the domains' profiles.
///
/// A domain's file is its name with every byte outside `[A-Za-z0-9._-]` percent-encoded, and `.csv`. Two kinds of names
/// would fall on another file's, and have their first byte and their capital letters percent-encoded too, which any
/// decoder undoes:
/// - a name that is a file of every run, in any mix of cases: `texts` becomes `%74exts.csv`;
/// - names that differ in case only, which some file systems take for one: beside `law`, `Law` becomes `%4Caw.csv` (and
///   `law` becomes `%6Caw.csv`).
///
/// The empty name, for which there is nothing to encode, becomes `%.csv`. A name whose file's would be longer than 240
/// bytes is cut, and told from all others by `~`, which stands in no other, and the first 32 hexadecimal digits of the
/// SHA-256 of the domain's name; the manifest says whose file it is.
public enum DomainFileNames {
  /// Files that other things are kept in, without `.csv`.
  static let reserved: Set<String> = ["texts", "summary", "comparison", "massive"]
  /// Bytes of a file name at most: file systems take 255, some 240.
  static let limit = 240

  /// The file names of `domains`, in their order; they differ even where case is ignored.
  public static func names(of domains: [String]) -> [String] {
    var uses: [String: Int] = [:]
    for domain in domains { uses[encode(domain).lowercased(), default: 0] += 1 }
    return domains.map { domain in
      let key = encode(domain).lowercased()
      let collides = reserved.contains(key) || uses[key, default: 0] > 1
      return shortened(domain.isEmpty ? "%" : encode(domain, distinguishing: collides), domain) + ".csv"
    }
  }

  /// A name short enough for a file, with the hash of the whole in place of its end.
  private static func shortened(_ name: String, _ domain: String) -> String {
    let end = ".csv"
    guard name.utf8.count + end.utf8.count > limit else { return name }
    let hash = "~" + Fingerprint(of: Array(domain.utf8).span).hexadecimal.prefix(32)
    var head = name.prefix(limit - end.utf8.count - hash.utf8.count)
    // No half of an encoded byte.
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
