/**
 * Remembers which upload a file belongs to, so that dropping the same file again after a reload
 * goes on where it stopped. A file is known by its name, size and time of last change.
 */

export interface FileIdentity {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
}

type ResumeStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class ResumeBook {
  constructor(
    private readonly storage: ResumeStorage,
    private readonly workspace: string,
  ) {}

  find(file: FileIdentity): string | undefined {
    return this.storage.getItem(this.#key(file)) ?? undefined;
  }

  remember(file: FileIdentity, upload: string): void {
    this.storage.setItem(this.#key(file), upload);
  }

  forget(file: FileIdentity): void {
    this.storage.removeItem(this.#key(file));
  }

  #key(file: FileIdentity): string {
    return `sage.upload/${this.workspace}/${file.size}/${file.lastModified}/${file.name}`;
  }
}
