extension MatrixLibrary {
  /// The backend for this library.
  var backend: any GEMMBackend {
    switch self {
    case .cblas: CBLASBackend()
    case .oneDNN: OneDNNBackend()
    }
  }
}
