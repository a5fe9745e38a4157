package io.keyveil.file;

/** The store of the tests keeps the contract, too. */
final class InMemoryFileStoreTest extends FileStoreContract {
  private final FileStore store = new InMemoryFileStore();

  @Override
  protected FileStore store() {
    return store;
  }
}
