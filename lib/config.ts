import type { BatteryInfo, NetworkInfo, Providers, ThermalLevel } from './conditions.js';

/** A device: its spaces, for whom it acts, and its limits. The JSON of `cloudsync.config.json` too. */
export interface Config {
  /**
   * Where the device keeps its state, a directory that only this user may read. Default:
   * `$XDG_STATE_HOME/cloudsync`, or `~/.local/state/cloudsync`. One device per directory.
   */
  stateDir?: string | undefined;
  /** What is kept in sync with what: `gallery`, and drives by their bundle name. */
  spaces: { gallery?: Space | undefined; [bundleName: string]: Space | undefined };
  /** For whom this process acts. Default: a system application with `CLOUDFILE_SYNC`. */
  caller?:
    | {
        /** Default: acts for every bundle. */
        bundleName?: string | undefined;
        /** Default `true`. */
        systemApp?: boolean | undefined;
        /** Default `['ohos.permission.CLOUDFILE_SYNC']`. */
        permissions?: readonly string[] | undefined;
      }
    | undefined;
  device?:
    | {
        /** Names this device in conflict copies. Default: the host's name. */
        name?: string | undefined;
        /** Default: `/sys/class/power_supply`; without a battery it counts as charging. */
        battery?: (() => BatteryInfo) | undefined;
        /** Default: the network interfaces of this host. */
        network?: (() => NetworkInfo) | undefined;
        /** Default: always `'normal'`. */
        thermal?: (() => ThermalLevel) | undefined;
      }
    | undefined;
  limits?:
    | {
        /** Transfers at once. Default 32. */
        transfers?: number | undefined;
        /**
         * Bytes of buffers that make transfers faster; what each needs to move at all comes on top.
         * Default 24 MiB.
         */
        memoryBytes?: number | undefined;
        /** To remotes on the network. Default: 0, as fast as it goes. */
        uploadBytesPerSecond?: number | undefined;
        /** From remotes on the network. Default: 0, as fast as it goes. */
        downloadBytesPerSecond?: number | undefined;
      }
    | undefined;
  /** Keep spaces in sync continuously. Default `false`. */
  watch?: boolean | undefined;
  /** Where notices go. Default: nowhere. */
  log?: Logger | undefined;
}

/** A local directory and the place in the cloud that it is kept in sync with. */
export interface Space {
  /** Absolute path of the local directory. */
  root: string;
  /**
   * `file:///absolute/dir`, `s3://BUCKET/PREFIX?endpoint=…&region=…`, `webdav://host:port/path` or
   * `webdavs://…`. Credentials do not belong into the URL: see {@link RemoteOptions}.
   */
  remote: string | RemoteOptions;
  /**
   * `all`: every file is kept locally. `on-demand`: new cloud files are known by name, size and
   * state, their content comes with `Download`. Default: `on-demand` for the gallery, else `all`.
   */
  content?: 'all' | 'on-demand' | undefined;
  /** URIs that begin with this stand for files below `root`. Default: `file://` and `root`. */
  uriPrefix?: string | undefined;
  /** Bytes and files that may be kept locally; `keepFree`: share of the disk, 0 to 1. */
  quota?:
    | {
        bytes?: number | undefined;
        files?: number | undefined;
        keepFree?: number | undefined;
      }
    | undefined;
  /**
   * A run that would delete more than this halts and asks: `files`, or `share` (0 to 1) of the
   * space's files, whichever is more. Default 25 files or 0.25.
   */
  deletionLimit?: { files?: number | undefined; share?: number | undefined } | undefined;
  /** Days for which what was deleted or replaced is kept. Default 30. */
  trashDays?: number | undefined;
  /**
   * `upload`: nothing on this device is changed by a run. `download`: nothing in the cloud is, not
   * even what marks it; remotes that cannot be written need it. Default `both`. docs/sync.md says
   * what becomes of every difference.
   */
  direction?: 'both' | 'upload' | 'download' | undefined;
  /**
   * What is left alone on both sides: patterns as in `.gitignore`, beside what editors leave lying
   * about and what `.cloudsyncignore` files say. These have the last word: `!pattern` takes in again.
   */
  ignore?: readonly string[] | undefined;
  /** Default `skip`: they are reported and never followed. */
  symlinks?: 'skip' | 'preserve' | undefined;
}

/** A remote and how to talk to it. */
export interface RemoteOptions {
  url: string;
  /** For example `accessKeyId` and `secretAccessKey`, or `username` and `password`. */
  credentials?: Readonly<Record<string, string>> | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** A file of certificates that are trusted, in PEM. */
  ca?: string | undefined;
}

/** What a log is written to; pino has this shape. */
export interface Logger {
  debug: (details: object, message: string) => void;
  info: (details: object, message: string) => void;
  warn: (details: object, message: string) => void;
  error: (details: object, message: string) => void;
}

export type { BatteryInfo, NetworkInfo, Providers, ThermalLevel };
