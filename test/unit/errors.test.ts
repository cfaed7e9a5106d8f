import { expect, it } from 'vitest';
import { ErrorType, DownloadErrorType } from '../../lib/enums.js';
import { BusinessError, downloadErrorOf, errorTable, toErrorKind } from '../../lib/errors.js';
import { testingAddon } from '../support/testing-addon.js';

it('the table knows exactly the causes of the engine', () => {
  expect(Object.keys(errorTable).sort()).toEqual(testingAddon().errorKindNames().sort());
});

it('the message begins with the text of the reference API', () => {
  const error = new BusinessError('remoteNotReady', 'the directory /x does not exist');
  expect(error.message).toBe('Cloud status not ready: the directory /x does not exist');
  expect(error.code).toBe(22400001);
});

it('an error without details is only the text of the reference API', () => {
  expect(new BusinessError('notFound').message).toBe('No such file or directory');
});

it('every cause has a text', () => {
  for (const cause of testingAddon().errorKindNames()) {
    expect(new BusinessError(toErrorKind(cause)).message, cause).not.toMatch(/^(undefined)?$/);
  }
});

it('carries cause, path and whether trying again may help', () => {
  const error = new BusinessError('network', 'no route', { path: 's3://bucket' });
  expect(error).toMatchObject({ cause: 'network', path: 's3://bucket', retryable: true });
  expect(new BusinessError('notFound').retryable).toBe(false);
  expect(new BusinessError('notFound').path).toBeUndefined();
});

it('is an Error that names itself and can be serialized', () => {
  const error = new BusinessError('notFound', 'gone');
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe('BusinessError: No such file or directory: gone');
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 13900002, cause: 'notFound' });
});

it.each([
  ['permission', 13, 13900012],
  ['permission', 1, 13900001],
  ['permission', 30, 13900027],
  ['system', 4, 13900004],
  ['system', 40, 13900033],
  ['system', 9999, 13900042],
  ['noSpace', 122, 13900025],
] as const)('%s with errno %i has the code %i', (cause, errno, code) => {
  expect(new BusinessError(cause, '', { errno }).code).toBe(code);
});

it('a member may document another code for a cause; the cause stays', () => {
  const error = new BusinessError('invalidUri', 'in no space', { as: 'invalidArgument' });
  expect(error).toMatchObject({ code: 401, cause: 'invalidUri' });
});

it.each([
  ['accessDenied', 201],
  ['notSystemApp', 202],
  ['invalidArgument', 401],
  ['locked', 13600001],
  ['notPermitted', 13900001],
  ['busy', 13900014],
  ['invalidValue', 13900020],
  ['noSpace', 13900025],
  ['invalidUri', 14000002],
  ['network', 22400002],
  ['lowBattery', 22400003],
  ['limit', 22400004],
  ['internal', 22400005],
  ['alreadyRunning', 22400006],
] as const)('%s has the documented code %i', (cause, code) => {
  expect(new BusinessError(cause).code).toBe(code);
});

it('names what a download and a run report', () => {
  expect(downloadErrorOf(undefined)).toBe(DownloadErrorType.NO_ERROR);
  expect(downloadErrorOf('network')).toBe(DownloadErrorType.NETWORK_UNAVAILABLE);
  expect(downloadErrorOf('noSpace')).toBe(DownloadErrorType.LOCAL_STORAGE_FULL);
  expect(downloadErrorOf('notFound')).toBe(DownloadErrorType.CONTENT_NOT_FOUND);
  expect(downloadErrorOf('throttled')).toBe(DownloadErrorType.FREQUENT_USER_REQUESTS);
  expect(errorTable.remoteFull.sync).toBe(ErrorType.CLOUD_STORAGE_FULL);
});

it('a cause of a newer addon becomes internal', () => {
  expect(toErrorKind('somethingNew')).toBe('internal');
  expect(toErrorKind('toString')).toBe('internal');
});
