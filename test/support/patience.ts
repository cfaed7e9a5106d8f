/** How much longer than usual things may take: an engine under sanitizers is several times slower. */
export const patience = process.env['CLOUDSYNC_SANITIZER'] === undefined ? 1 : 6;
