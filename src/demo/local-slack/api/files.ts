import { isObject } from '../checks.ts';
import { bot, newId, post, type SharedFile } from '../workspace.ts';
import { type Method, optionalText, postableChannel, Refusal, refuseWith, requiredText } from './method.ts';

/** First of three steps: a place to upload one file to. */
const getUploadUrl: Method = ({ workspace, url, body }) => {
  const name = requiredText(body, 'filename');
  if (!(Number(body.length) > 0))
    throw refuseWith('invalid_arguments', ['must be a positive number [json-pointer:/length]']);
  const file: SharedFile = { id: newId('F'), name, title: name, bytes: Buffer.alloc(0), owner: bot.user };
  workspace.files.set(file.id, file);
  return { upload_url: `${url}/upload/${file.id}`, file_id: file.id };
};

/** Last of three steps: shares what was uploaded, in a channel or in a thread. */
const completeUpload: Method = (call) => {
  const { workspace, body } = call;
  const named = Array.isArray(body.files) ? body.files.filter(isObject) : [];
  if (named.length === 0)
    throw refuseWith('invalid_arguments', ['missing required field: files [json-pointer:/files]']);
  const files = named.map(({ id, title }) => {
    const file = workspace.files.get(String(id));
    if (!file || file.bytes.length === 0) throw new Refusal('file_not_found');
    return Object.assign(file, { title: typeof title === 'string' ? title : file.title });
  });
  const channelId = optionalText(body, 'channel_id');
  if (channelId) {
    const channel = postableChannel({ ...call, body: { ...body, channel: channelId } });
    post(workspace, {
      channel: channel.id,
      user: bot.user,
      byApp: true,
      text: optionalText(body, 'initial_comment') ?? '',
      thread_ts: optionalText(body, 'thread_ts'),
      files,
    });
  }
  return { files: files.map(({ id, name, title, bytes }) => ({ id, name, title, size: bytes.length })) };
};

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': completeUpload,
};
