// For `require('cloudsync-native')`: the same modules, so that there is one engine and one of each class.
import api = require('./index.js');
export = api;
